/** One person's browser: a profile on the disk that can be closed, killed, opened again, and taken off the network. */
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, expect, type Page } from '@playwright/test';
import { openRows, type RawRow } from './opened.ts';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const FAKE_CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

const IDENTITY = 'onthaal'; // the database that says who is signed in

interface Size {
  readonly width: number;
  readonly height: number;
}

export class Browser {
  /** Where it keeps everything on the disk of the machine. */
  readonly profile = mkdtempSync(path.join(tmpdir(), 'onthaal-profile-'));
  readonly #size: Size;
  #context: BrowserContext | undefined;
  #page: Page | undefined;
  /** The five words that its worker unlocks with, when there is one. */
  words = '';
  /** What its camera sees: a file of JPEG pictures. */
  camera = '';
  /** By which line it reaches the server: a rule of where a name leads (line.ts). */
  line = '';
  /** The hash of a key whose certificates it takes for good (proxy.ts). */
  trusts = '';
  /** What the policy of its pages stopped, in the browser's words. */
  readonly stopped: string[] = [];
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
    this.#context = await chromium.launchPersistentContext(this.profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [...QUIET, ...(this.line ? [`--host-resolver-rules=${this.line}`] : []),
        ...(this.trusts ? [`--ignore-certificate-errors-spki-list=${this.trusts}`] : []), ...(this.camera ? [...FAKE_CAMERA, `--use-file-for-fake-video-capture=${this.camera}`] : [])],
      viewport: this.#size,
      locale: 'nl-BE',
      timezoneId: 'Europe/Brussels',
    });
    this.#context.on('console', (message) => {
      if (/Content Security Policy|TrustedScript|TrustedHTML/.test(message.text())) this.stopped.push(message.text());
    });
    if (this.clockAheadMs) await this.#context.addInitScript(setClock, this.clockAheadMs);
    this.#page = this.#context.pages()[0] ?? (await this.#context.newPage());
    await this.#page.goto(url);
    if (this.words && url.startsWith('http') && !url.includes('#enrol=')) await this.unlocks();
    return this.#page;
  }

  /** Its worker unlocks, in this tab or another one. `heading`: what comes instead of their screens. */
  async unlocks(page: Page = this.page, words = this.words, animal = 'vos', heading = ''): Promise<void> {
    await page.getByRole('button', { name: `${animal}: ontgrendelen` }).click();
    await page.getByLabel('Je vijf woorden').fill(words);
    await page.getByRole('button', { name: 'Ontgrendelen', exact: true }).click();
    if (heading) await expect(page.getByRole('heading', { name: heading })).toBeVisible();
    else await expect(page.getByRole('button', { name: 'Scherm verbergen' })).toBeVisible();
  }

  /** The page is loaded again; its worker unlocks again. */
  async reload(): Promise<void> {
    await this.page.reload();
    if (this.words) await this.unlocks();
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = this.#page = undefined;
  }

  /** As when the battery is taken out: nothing is asked, nothing is told. */
  async kill(): Promise<void> {
    const closed = new Promise((done) => this.context.once('close', done));
    const lock = path.join(this.profile, 'SingletonLock'); // points to host-process
    const target = readlinkSync(lock);
    process.kill(Number(target.slice(target.lastIndexOf('-') + 1)), 'SIGKILL');
    await closed;
    rmSync(lock, { force: true });
    this.#context = this.#page = undefined;
  }

  async remove(): Promise<void> {
    await this.close().catch(() => undefined);
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Off the network, the service worker too; the server goes on for others. */
  offline(is: boolean): Promise<void> {
    return this.context.setOffline(is);
  }

  /** What lies in a store of the tablet's database, opened by its worker's words. */
  async rows<T = Record<string, unknown>>(store: string): Promise<T[]> {
    const vault = this.words ? (await this.#raw('vaults', IDENTITY)).find(({ face }) => face === 'fox') : undefined;
    const rows = await this.#raw(store, vault ? `vault-${vault.id}` : 'onthaal-');
    return (await openRows(store, rows, vault, this.words)) as T[];
  }

  /** What lies in a store of a desk's database, as it lies there: sealed. */
  sealedRows(store: string): Promise<RawRow[]> {
    return this.#raw(store, 'desk-');
  }

  async #raw(store: string, prefix: string): Promise<RawRow[]> {
    return this.page.evaluate(readRows, [store, prefix] as const);
  }

  /** What is left here of whoever worked on this device: databases, and who is signed in. */
  async remembers(): Promise<unknown[]> {
    const names = await this.page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name ?? ''));
    const rows = [...(await this.#raw('identity', IDENTITY)), ...(await this.#raw('vaults', IDENTITY))];
    return [...names.filter((name) => name !== IDENTITY), ...rows];
  }

  /** The id under which the server knows this tablet. */
  async deviceId(): Promise<string> {
    const found = (await this.rows<{ me?: { device: string } }>('meta')).find(({ me }) => me);
    if (!found?.me) throw new Error('nobody has a vault here');
    return found.me.device;
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

/** Runs in the page. Bytes come out as lists of numbers. */
async function readRows([store, prefix]: readonly [string, string]): Promise<RawRow[]> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const names = (await indexedDB.databases()).map((one) => one.name ?? '');
  const found = names.sort().find((one) => one.startsWith(prefix));
  if (!found) return [];
  const db = await done(indexedDB.open(found));
  const rows = db.objectStoreNames.contains(store) ? await done(db.transaction(store).objectStore(store).getAll()) : [];
  db.close();
  return JSON.parse(JSON.stringify(rows, (_, value) => (value instanceof Uint8Array ? { bytes: [...value] } : value)));
}
