/** One person's browser: a profile on the disk that can be closed, killed, opened again, and taken off the network. */
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const IDENTITY = 'onthaal'; // the database that says who is signed in

interface Size {
  readonly width: number;
  readonly height: number;
}

export class Browser {
  readonly #profile = mkdtempSync(path.join(tmpdir(), 'onthaal-profile-'));
  readonly #size: Size;
  #context: BrowserContext | undefined;
  #page: Page | undefined;
  /** How far its clock is ahead of true time; as it is when the browser is opened. */
  clockAheadMs = 0;

  constructor(size: Size = { width: 800, height: 1280 }) {
    this.#size = size;
  }

  get page(): Page {
    if (!this.#page) throw new Error('the browser is closed');
    return this.#page;
  }

  get context(): BrowserContext {
    if (!this.#context) throw new Error('the browser is closed');
    return this.#context;
  }

  async open(url: string): Promise<Page> {
    this.#context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: QUIET,
      viewport: this.#size,
      locale: 'nl-BE',
      timezoneId: 'Europe/Brussels',
    });
    if (this.clockAheadMs) await this.#context.addInitScript(setClock, this.clockAheadMs);
    this.#page = this.#context.pages()[0] ?? (await this.#context.newPage());
    await this.#page.goto(url);
    return this.#page;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = this.#page = undefined;
  }

  /** As when the battery is taken out: nothing is asked, nothing is told. */
  async kill(): Promise<void> {
    const closed = new Promise((done) => this.context.once('close', done));
    const lock = path.join(this.#profile, 'SingletonLock'); // points to host-process
    const target = readlinkSync(lock);
    process.kill(Number(target.slice(target.lastIndexOf('-') + 1)), 'SIGKILL');
    await closed;
    rmSync(lock, { force: true });
    this.#context = this.#page = undefined;
  }

  async remove(): Promise<void> {
    await this.close().catch(() => undefined);
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Off the network, the service worker too; the server goes on for others. */
  offline(is: boolean): Promise<void> {
    return this.context.setOffline(is);
  }

  /** What lies in a store of the tablet's database, opened. */
  async rows<T = Record<string, unknown>>(store: string, prefix = 'onthaal-'): Promise<T[]> {
    return (await this.page.evaluate(readRows, [store, prefix] as const)) as T[];
  }

  /** What is left here of whoever worked on this device: databases, and who is signed in. */
  async remembers(): Promise<unknown[]> {
    const names = await this.page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name ?? ''));
    return [...names.filter((name) => name !== IDENTITY), ...(await this.rows('identity', IDENTITY))];
  }

  /** The id under which the server knows this tablet. */
  async deviceId(): Promise<string> {
    const [identity] = await this.rows<{ me: { device: string } }>('identity', IDENTITY);
    if (!identity) throw new Error('nobody is signed in here');
    return identity.me.device;
  }
}

/** Runs in the page, before its own scripts: a clock that was set wrong. Timers go on as they do. */
function setClock(aheadMs: number): void {
  const True = Date;
  class Wrong extends True {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(True.now() + aheadMs);
      else super(...(parts as [number]));
    }
    static override now(): number {
      return True.now() + aheadMs;
    }
  }
  globalThis.Date = Wrong as DateConstructor;
}

/** Runs in the page. */
async function readRows([store, prefix]: readonly [string, string]): Promise<unknown[]> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const names = (await indexedDB.databases()).map((one) => one.name ?? '');
  const found = names.sort().find((one) => one.startsWith(prefix));
  if (!found) return [];
  const db = await done(indexedDB.open(found));
  const rows: { sealed?: BufferSource }[] = await done(db.transaction(store).objectStore(store).getAll());
  db.close();
  return rows.map((row) => (row.sealed ? JSON.parse(new TextDecoder().decode(row.sealed)) : row));
}
