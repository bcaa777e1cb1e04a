/**
 * A running Onthaal for a story: the demo in a folder of its own, on a port of its own, that can be stopped and started again;
 * and the people of the story, each with a browser profile that survives being closed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, type BrowserContext, chromium, expect, type Page } from '@playwright/test';

const ROOT = path.resolve(import.meta.dirname, '../..');
const EMAIL = 'griet@demo.onthaal.example';
const PASSWORD = 'koffie op het plein';
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The server of a story. */
export class Demo {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'onthaal-story-'));
  readonly port: number;
  #process: ChildProcess | undefined;

  constructor(port: number) {
    this.port = port;
  }

  url(host = 'localhost'): string {
    return `http://${host}:${this.port}`;
  }

  /** Starts the demo; the first start seeds it. */
  async start(): Promise<void> {
    const env = {
      ...process.env,
      ONTHAAL_PORT: String(this.port),
      ONTHAAL_DATABASE_FILE: path.join(this.folder, 'db.sqlite'),
      ONTHAAL_STATE_DIR: this.folder,
      ONTHAAL_APP_DIR: path.join(ROOT, 'pwa/dist'),
      ONTHAAL_PUBLIC_URL: this.url(),
      ONTHAAL_SIGN_IN_PER_MINUTE: '0',
    };
    this.#process = spawn(path.join(ROOT, '.venv/bin/python'), ['-m', 'server', 'demo', '--serve'], { cwd: ROOT, env, stdio: 'ignore' });
    await expect.poll(() => fetch(`${this.url()}/health/ready`).then((r) => r.status, () => 0), { timeout: 60_000 }).toBe(200);
  }

  /** Takes the server away: for everybody the network is gone. */
  async stop(): Promise<void> {
    const process_ = this.#process;
    if (!process_) return;
    const gone = new Promise((resolve) => process_.once('exit', resolve));
    process_.kill('SIGKILL');
    await gone;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #asCoordinator<T>(method: string, where: string, body?: unknown): Promise<T> {
    // What a browser says of a request from our own pages; without it a cookie is not taken.
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
    const signedIn = await fetch(`${this.url()}/api/sign-in`, { method: 'POST', headers, body: JSON.stringify({ email: EMAIL, password: PASSWORD }) });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const init: RequestInit = { method, headers: { ...headers, cookie } };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await fetch(`${this.url()}${where}`, init);
    if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<T>;
  }

  /** A fresh one-time link for somebody of the demo. */
  async linkFor(name: string, host = 'localhost'): Promise<string> {
    const team = await this.#asCoordinator<{ members: { id: string; display_name: string }[] }>('GET', '/api/team');
    const member = team.members.find((one) => one.display_name === name);
    if (!member) throw new Error(`nobody is called ${name}`);
    const { code } = await this.#asCoordinator<{ code: string }>('POST', `/api/members/${member.id}/invitation`, {});
    return `${this.url(host)}/#enrol=${code}`;
  }
}

/** One person's browser: a profile on the disk that can be closed and opened again. */
export class Browser {
  readonly #profile = mkdtempSync(path.join(tmpdir(), 'onthaal-profile-'));
  readonly #size: { width: number; height: number };
  #context: BrowserContext | undefined;
  #page: Page | undefined;

  constructor(size = { width: 800, height: 1280 }) {
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
    });
    this.#page = this.#context.pages()[0] ?? (await this.#context.newPage());
    await this.#page.goto(url);
    return this.#page;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = this.#page = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** Opens a one-time link and takes the tablet into use. */
export async function enrol(browser: Browser, link: string): Promise<Page> {
  const page = await browser.open(link);
  await page.getByRole('button', { name: 'Deze tablet gebruiken' }).click();
  await expect(page.getByText('Alles is verstuurd')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible({ timeout: 30_000 });
  return page;
}

/** Signs the coordinator in at the desk. */
export async function desk(browser: Browser, demo: Demo): Promise<Page> {
  const page = await browser.open(`${demo.url()}/desk`);
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Wachtwoord').fill(PASSWORD);
  await page.getByRole('button', { name: 'Aanmelden' }).click();
  await expect(page.getByRole('heading', { name: 'Nazicht' })).toBeVisible({ timeout: 30_000 });
  return page;
}

/** Waits until the page is served by the service worker: from here on no network is needed. */
export async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  });
}

/** Chooses a card in a form: an animal and three digits. */
export async function chooseCard(page: Page, animal: string, number: string): Promise<void> {
  await page.getByRole('button', { name: animal, exact: true }).click();
  await page.getByLabel('Drie cijfers').fill(number);
}

interface Story {
  demo: Demo;
  tablet: Browser;
  second: Browser;
  coordinator: Browser;
}

// biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the pattern -- fixtures take none here
export const test = base.extend<Story>({
  demo: async ({}, use) => {
    const demo = new Demo(await freePort());
    await demo.start();
    await use(demo);
    await demo.stop();
    demo.remove();
  },
  tablet: async ({}, use) => {
    const browser = new Browser();
    await use(browser);
    await browser.remove();
  },
  second: async ({}, use) => {
    const browser = new Browser();
    await use(browser);
    await browser.remove();
  },
  coordinator: async ({}, use) => {
    const browser = new Browser({ width: 1280, height: 800 });
    await use(browser);
    await browser.remove();
  },
});
export { expect };
