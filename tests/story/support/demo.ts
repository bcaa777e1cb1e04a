/**
 * A running Onthaal for a story: the demo in a folder of its own, on a port of its own, that can be stopped and started again.
 *
 * Seeding takes longer than most stories, so it is done once for all of them (seeded.ts); a story starts from a copy.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Run, theProgram } from './program.ts';

export const ROOT = path.resolve(import.meta.dirname, '../../..');
export const EMAIL = 'griet@demo.onthaal.example';
export const PASSWORD = 'koffie op het plein';
export const TEMPLATE = 'STORY_TEMPLATE';
const START_MS_MAX = 60_000;
// What the database, and the files beside it, are called in the folder.
const DATABASE = 'onthaal.sqlite';

export class Demo {
  readonly folder: string;
  readonly port: number;
  /** Settings of this story alone. */
  readonly extra: Record<string, string> = {};
  #server: Run | undefined;
  #starts = 0;
  #printed = '';
  #cookie = '';

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  /** A demo that is not started yet; from `template`, a folder that another one left, where there is one. */
  static async at(template?: string): Promise<Demo> {
    const demo = new Demo(mkdtempSync(path.join(tmpdir(), 'onthaal-story-')), await freePort());
    if (template) cpSync(template, demo.folder, { recursive: true });
    else cpSync(path.join(ROOT, 'pwa/dist'), demo.app, { recursive: true });
    return demo;
  }

  /** This server's own copy of the app: a story may bring out a new version. */
  get app(): string {
    return path.join(this.folder, 'app');
  }

  url(host = 'localhost'): string {
    return `http://${host}:${this.port}`;
  }

  get #environment(): Record<string, string> {
    return {
      ONTHAAL_PORT: String(this.port),
      ONTHAAL_PUBLIC_URL: this.url(),
      ONTHAAL_STATE_DIR: this.folder,
      ONTHAAL_APP_DIR: this.app,
      ONTHAAL_DATABASE_FILE: path.join(this.folder, DATABASE),
      ONTHAAL_SIGN_IN_PER_MINUTE: '0',
      ...this.extra,
    };
  }

  /** Starts and waits until people can sign in; what was entered before is there. */
  async start(): Promise<void> {
    this.#starts += 1;
    const run = await theProgram().run(['demo', '--serve'], this.#environment, path.join(this.folder, `printed-${this.#starts}`));
    this.#server = run;
    for (const end = Date.now() + START_MS_MAX; Date.now() < end; await pause(50)) {
      this.#printed = run.printed();
      if (run.code !== null) throw new Error(`the server ended: ${this.#printed}`);
      if (/service worker +http/.test(this.#printed) && (await this.#isReady())) return;
    }
    throw new Error(`the server did not start: ${this.#printed}`);
  }

  #isReady(): Promise<boolean> {
    return fetch(`${this.url()}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
  }

  /** Takes the server away without a word: for everybody the network is gone. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server || server.code !== null) return;
    process.kill(server.pid, 'SIGKILL');
    await server.ended;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Brings out a new version of the app: all its files have other names, and those of before are gone. */
  async release(): Promise<void> {
    await this.stop();
    const assets = path.join(this.app, 'assets');
    const names = new Map(readdirSync(assets).map((name) => [name, name.replace(/-(.{6})..\./, (_, hash) => `-${hash}${this.#starts}_.`)]));
    for (const file of readdirSync(this.app, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|html|css)$/.test(file)) continue;
      const text = readFileSync(path.join(this.app, file), 'utf8');
      writeFileSync(path.join(this.app, file), [...names].reduce((now, [old, name]) => now.replaceAll(old, name), text));
    }
    for (const [old, name] of names) renameSync(path.join(assets, old), path.join(assets, name));
    await this.start();
  }

  /** A copy of the database, as a backup would make it; gives back how to put it in place of the present one. The server is stopped. */
  backup(): () => void {
    const kept = mkdtempSync(path.join(this.folder, 'backup-'));
    const files = [DATABASE, `${DATABASE}-wal`].filter((name) => existsSync(path.join(this.folder, name)));
    for (const name of files) cpSync(path.join(this.folder, name), path.join(kept, name));
    return () => {
      for (const end of ['', '-wal', '-shm']) rmSync(path.join(this.folder, DATABASE + end), { force: true });
      for (const name of files) cpSync(path.join(kept, name), path.join(this.folder, name));
    };
  }

  /** What a command of the server says: python -m server … */
  async command(...words: string[]): Promise<string> {
    this.#starts += 1;
    const run = await theProgram().run(words, this.#environment, path.join(this.folder, `printed-${this.#starts}`));
    if ((await run.ended) !== 0) throw new Error(`server ${words[0]}: ${run.printed()}`);
    return run.printed();
  }

  /** A one-time link, as it was printed at the start. */
  printedLink(who: 'coordinator' | 'generalist' | 'service worker'): string {
    const link = new RegExp(`${who} +(http\\S+)`).exec(this.#printed)?.[1];
    if (!link) throw new Error(`no link for the ${who} in: ${this.#printed}`);
    return link;
  }

  /** A fresh one-time link for somebody of the demo, made on the server: its tablet is let in at once. */
  async linkFor(name: string, host = 'localhost'): Promise<string> {
    const [link] = /http\S+/.exec(await this.command('invite', '--member', await this.memberId(name))) ?? [];
    if (!link) throw new Error(`no link for ${name}`);
    return link.replace(this.url(), this.url(host));
  }

  /** A fresh one-time link for somebody of the demo, made at the desk: its tablet waits until the words were compared. */
  async deskLinkFor(name: string): Promise<string> {
    return (await this.asCoordinator<{ link: string }>('POST', `/api/members/${await this.memberId(name)}/invitation`, {})).link;
  }

  async memberId(name: string): Promise<string> {
    const team = await this.asCoordinator<{ members: { id: string; display_name: string }[] }>('GET', '/api/team');
    const member = team.members.find((one) => one.display_name === name);
    if (!member) throw new Error(`nobody is called ${name}`);
    return member.id;
  }

  /** A call by nobody who is signed in. */
  async asNobody<T>(method: string, where: string, body: unknown): Promise<T> {
    const response = await fetch(`${this.url()}${where}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<T>;
  }

  /** A call by the coordinator, from elsewhere. */
  async asCoordinator<T>(method: string, where: string, body?: unknown): Promise<T> {
    // What a browser says of a request from our own pages; without it a cookie is not taken.
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
    if (!this.#cookie) {
      const credentials = JSON.stringify({ email: EMAIL, password: PASSWORD });
      const signedIn = await fetch(`${this.url()}/api/sign-in`, { method: 'POST', headers, body: credentials });
      this.#cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    }
    const content = body === undefined ? null : JSON.stringify(body);
    const response = await fetch(`${this.url()}${where}`, { method, headers: { ...headers, cookie: this.#cookie }, body: content });
    if (response.status === 403 && ((await response.clone().json()) as { code: string }).code === 'verify') {
      this.#cookie = ''; // signed in more than five minutes ago
      return this.asCoordinator<T>(method, where, body);
    }
    if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<T>;
  }
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))));
    });
  });
}
