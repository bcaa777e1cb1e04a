/** A server with the demo organisation, on a free port and in a folder of its own; it can be stopped and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';

const ROOT = resolve(process.cwd(), '..'); // the stories are run from pwa/

export class Serving {
  readonly folder = mkdtempSync(join(tmpdir(), 'onthaal-story-'));
  /** This server's own copy of the app: a story may bring out a new version. */
  readonly app = join(this.folder, 'app');
  readonly port: number;
  #process: ChildProcess | undefined;
  #said = '';

  private constructor(port: number) {
    this.port = port;
  }

  static async begin(): Promise<Serving> {
    const serving = new Serving(await freePort());
    cpSync(process.env.ONTHAAL_APP_DIR ?? join(ROOT, 'pwa', 'dist'), serving.app, { recursive: true });
    await serving.start();
    return serving;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Starts and waits until people can sign in; what was entered before is there. */
  async start(): Promise<void> {
    this.#said = '';
    const environment = {
      ...process.env,
      ONTHAAL_PORT: String(this.port),
      ONTHAAL_PUBLIC_URL: this.url,
      ONTHAAL_STATE_DIR: this.folder,
      ONTHAAL_APP_DIR: this.app,
      ONTHAAL_DATABASE_FILE: join(this.folder, 'onthaal.sqlite'),
    };
    const python = join(ROOT, '.venv', 'bin', 'python');
    this.#process = spawn(python, ['-m', 'server', 'demo', '--serve'], { cwd: ROOT, env: environment });
    this.#process.stdout?.on('data', (data) => {
      this.#said += String(data);
    });
    this.#process.stderr?.on('data', () => undefined);
    for (const end = Date.now() + 60_000; Date.now() < end; await pause(100)) {
      if (this.#process.exitCode !== null) throw new Error(`the server ended: ${this.#said}`);
      if (/service worker +http/.test(this.#said) && (await this.#isReady())) return;
    }
    throw new Error(`the server did not start: ${this.#said}`);
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
  }

  /** A one-time link, as it was printed. */
  link(who: 'generalist' | 'service worker'): string {
    const link = new RegExp(`${who} +(http\\S+)`).exec(this.#said)?.[1];
    if (!link) throw new Error(`no link for the ${who} in: ${this.#said}`);
    return link;
  }

  /** Brings out a new version of the app: for a browser that is one whose worker differs. */
  async release(): Promise<void> {
    await this.stop();
    appendFileSync(join(this.app, 'sw.js'), `\n// ${Date.now()}\n`);
    await this.start();
  }

  /** A call by the coordinator of the demo, from elsewhere. */
  async coordinator<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
    const [email, password] = (/coordinator .*\n +(\S+) +· +(.+)\n/.exec(this.#said)?.slice(1) ?? []) as string[];
    const signedIn = await fetch(`${this.url}/api/sign-in`, { method: 'POST', headers, body: JSON.stringify({ email, password }) });
    headers.cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const content = body === undefined ? null : JSON.stringify(body);
    return (await fetch(`${this.url}${path}`, { method, headers, body: content })).json() as Promise<T>;
  }

  /** The network is gone: nobody answers. */
  async stop(): Promise<void> {
    const ended = this.#process;
    if (!ended || ended.exitCode !== null || ended.signalCode !== null) return;
    await new Promise((done) => {
      ended.once('exit', done);
      ended.kill('SIGKILL');
    });
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A tablet: a browser with a profile of its own, which can be killed and opened again. */
export class Browser {
  readonly profile = mkdtempSync(join(tmpdir(), 'onthaal-tablet-'));
  readonly #args: string[];
  #context: BrowserContext | undefined;
  page!: Page;

  private constructor(args: string[]) {
    this.#args = args;
  }

  static async open(args: string[]): Promise<Browser> {
    const tablet = new Browser(args);
    await tablet.start();
    return tablet;
  }

  async start(): Promise<void> {
    this.#context = await chromium.launchPersistentContext(this.profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: this.#args,
      viewport: { width: 800, height: 1280 },
      locale: 'en-GB',
    });
    this.page = this.#context.pages()[0] ?? (await this.#context.newPage());
  }

  get context(): BrowserContext {
    if (!this.#context) throw new Error('the browser is not open');
    return this.#context;
  }

  /** As when the battery is taken out: nothing is asked, nothing is told. */
  async kill(): Promise<void> {
    const closed = new Promise((done) => this.context.once('close', done));
    const lock = readlinkSync(join(this.profile, 'SingletonLock')); // host-process
    process.kill(Number(lock.slice(lock.lastIndexOf('-') + 1)), 'SIGKILL');
    await closed;
    rmSync(join(this.profile, 'SingletonLock'), { force: true });
  }

  async end(): Promise<void> {
    await this.#context?.close().catch(() => undefined);
    rmSync(this.profile, { recursive: true, force: true });
  }

  /** Takes a one-time link. */
  async enrols(link: string): Promise<void> {
    await this.page.goto(link);
    await this.page.getByRole('button', { name: 'Use this tablet' }).click();
    await this.page.getByText('Everything is sent').waitFor();
    // From here on it opens without a network.
    await this.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  }

  /** What lies in a store of this tablet's database, opened. */
  rows(store: string): Promise<Record<string, unknown>[]> {
    return this.#read(store, 'onthaal-');
  }

  /** Who is signed in here. */
  async identity(): Promise<unknown[]> {
    return (await this.#read('identity', 'onthaal')).map((row) => row.me);
  }

  #read(store: string, prefix: string): Promise<Record<string, unknown>[]> {
    return this.page.evaluate(
      async ([name = '', start = '']) => {
        const done = <T>(request: IDBRequest<T>): Promise<T> =>
          new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          });
        const found = (await indexedDB.databases())
          .map((one) => one.name)
          .sort()
          .find((one) => one?.startsWith(start));
        if (!found) return [];
        const db = await done(indexedDB.open(found));
        const rows = await done(db.transaction(name).objectStore(name).getAll());
        db.close();
        return rows.map((row) => (row.sealed ? JSON.parse(new TextDecoder().decode(row.sealed)) : row));
      },
      [store, prefix],
    );
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))));
    });
  });
}
