/** HTTPS before a demo, by the Caddyfile that is shipped: only its name, its ports and its certificate are this machine's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import path from 'node:path';
import { type Demo, freePort, pause, ROOT } from './demo.ts';

const NAME = 'onthaal.example.org';
const SERVER = '127.0.0.1:8000';
const UNPACKED = path.join(ROOT, '.venv/caddy/usr/bin'); // by `make test-setup`, where the machine has none
const START_MS_MAX = 30_000;

export class Proxy {
  readonly url: string;
  readonly #folder: string;
  readonly #plain: number;
  readonly #process: ChildProcess;

  private constructor(demo: Demo, port: number, plain: number) {
    this.url = `https://localhost:${port}`;
    this.#plain = plain;
    this.#folder = path.join(demo.folder, 'proxy');
    mkdirSync(this.#folder, { recursive: true });
    const ours = `{\n\tadmin off\n\tskip_install_trust\n\thttp_port ${plain}\n\thttps_port ${port}\n`;
    const shipped = readFileSync(path.join(ROOT, 'deploy/Caddyfile'), 'utf8');
    const file = path.join(this.#folder, 'Caddyfile');
    writeFileSync(file, shipped.replace('{\n', ours).replace(NAME, 'localhost').replace(SERVER, `127.0.0.1:${demo.port}`));
    this.#process = spawn('bash', ['-c', 'exec caddy run --adapter caddyfile --config "$1" 2>"$2"', 'caddy', file, this.#log], {
      env: { ...process.env, PATH: `${process.env.PATH}:${UNPACKED}`, XDG_DATA_HOME: this.#folder, XDG_CONFIG_HOME: this.#folder },
      stdio: 'ignore',
    });
  }

  /** A proxy before a demo that is not started yet; the demo is set up as deploy/environment has it. */
  static async before(demo: Demo): Promise<Proxy> {
    const proxy = new Proxy(demo, await freePort(), await freePort());
    const lines = readFileSync(path.join(ROOT, 'deploy/environment'), 'utf8').split('\n');
    const settings = new Map(lines.filter((line) => line.startsWith('ONTHAAL_')).map((line) => line.split('=', 2) as [string, string]));
    for (const name of ['ONTHAAL_ENVIRONMENT', 'ONTHAAL_PROXY']) demo.extra[name] = settings.get(name) ?? '';
    demo.extra.ONTHAAL_PUBLIC_URL = proxy.url;
    for (const end = Date.now() + START_MS_MAX; Date.now() < end; await pause(50))
      if (existsSync(proxy.#certificate('root')) && (await answers(new URL(proxy.url).port))) return proxy;
    throw new Error(`the proxy did not start: ${proxy.said()}`);
  }

  get #log(): string {
    return path.join(this.#folder, 'caddy.log');
  }

  /** A certificate of its own authority: `root`, or `intermediate`, which signs those that it shows. */
  #certificate(name: string): string {
    return path.join(this.#folder, `caddy/pki/authorities/local/${name}.crt`);
  }

  /** What it has logged. */
  said(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '';
  }

  /** What a browser must be told to take its certificate for a good one: the hash of the key that signed it. */
  get trusted(): string {
    const key = new X509Certificate(readFileSync(this.#certificate('intermediate'))).publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(key).digest('base64');
  }

  /** A link to the demo, by this way. */
  by(link: string): string {
    const { pathname, search, hash } = new URL(link);
    return `${this.url}${pathname}${search}${hash}`;
  }

  /** An answer by HTTPS, its certificate looked at; its body is still to be read. */
  asks(where: string, { body, ...options }: RequestOptions & { body?: string } = {}): Promise<IncomingMessage> {
    return new Promise((done, failed) => {
      request(`${this.url}${where}`, { ca: readFileSync(this.#certificate('root')), agent: false, ...options }, done).on('error', failed).end(body);
    });
  }

  /** Where somebody is sent who comes by HTTP. */
  async sentFromHttp(where: string): Promise<string> {
    return (await fetch(`http://localhost:${this.#plain}${where}`, { redirect: 'manual' })).headers.get('location') ?? '';
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGKILL'); // asked to end, it gives open connections time
    await ended;
  }
}

const answers = (port: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(Number(port), '127.0.0.1', () => done(true)).on('error', () => done(false));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
