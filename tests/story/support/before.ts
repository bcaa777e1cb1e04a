/**
 * A tablet as the app of before vaults left it: everything in clear, in version 1 of its databases.
 *
 * data/tablet-before-vaults.json was read from the disk of a tablet on which that app ran: a talk that was sent, one that waits,
 * one that is half-written. Who is signed in, and at which event, is put in here.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { Browser } from './browser.ts';
import type { Demo } from './demo.ts';

const FILE = path.join(import.meta.dirname, '../data/tablet-before-vaults.json');

export const SENT = 'Verstuurd van voor de kluis.';
export const WAITS = 'Wacht van voor de kluis.';
export const HALF = 'Half van voor de kluis';

interface Store {
  readonly key: string;
  readonly auto: boolean;
  readonly rows: readonly { readonly sealed?: unknown }[];
}
type Disk = Record<string, { readonly version: number; readonly stores: Record<string, Store> }>;

interface Enrolled {
  readonly token: string;
  readonly me: { readonly member: string; readonly device: string; readonly organisation: string };
}

/** Fills a browser's disk with a tablet of before vaults, enrolled as the app of then enrolled; gives back its device's id. */
export async function wasUsedBefore(browser: Browser, demo: Demo): Promise<string> {
  const code = new URL(demo.printedLink('generalist')).hash.replace('#enrol=', '');
  const { token, me } = await demo.asNobody<Enrolled>('POST', '/api/enrol', { code, label: 'lint' });
  const put: Record<string, string> = { token, event: await eventOf(demo, token), ...me };
  const text = readFileSync(FILE, 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => put[name] ?? '');
  const page = await browser.open(`${demo.url()}/icon.svg`); // our own origin, and none of our scripts
  await page.evaluate(fill, JSON.parse(text) as Disk);
  return me.device;
}

/** The event that is open today, as the server tells the tablet of it. */
export async function eventOf(demo: Demo, token: string): Promise<string> {
  const asked = { protocol: 1, kinds: 1, epoch: '', call: 1, now: Date.now(), cursors: {}, edits: [], limit: 1000 };
  const response = await fetch(`${demo.url()}/api/sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(asked),
  });
  const { streams } = (await response.json()) as { streams: Record<string, { records?: WireEvent[] }> };
  const events = Object.values(streams).flatMap(({ records = [] }) => records.filter(({ kind }) => kind === 'event'));
  const open = events.find(({ live }) => live.some(({ set }) => set.state === 'open'));
  if (!open) throw new Error('no event is open');
  return open.id;
}

interface WireEvent {
  readonly kind: string;
  readonly id: string;
  readonly live: readonly { readonly set: { readonly state?: string } }[];
}

/** Runs in the page. */
async function fill(disk: Disk): Promise<void> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const [name, { version, stores }] of Object.entries(disk)) {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
      for (const [store, { key, auto }] of Object.entries(stores)) {
        request.result.createObjectStore(store, { keyPath: key, autoIncrement: auto });
      }
    };
    const db = await done(request);
    for (const [store, { rows }] of Object.entries(stores)) {
      const into = db.transaction(store, 'readwrite').objectStore(store);
      for (const row of rows) {
        const bytes = new TextEncoder().encode(JSON.stringify(row.sealed));
        await done(into.put('sealed' in row ? { ...row, sealed: bytes } : row));
      }
    }
    db.close();
  }
}

/** The network of our server's data goes, the app itself can still be loaded: as in a hall whose proxy is down. */
export async function withoutServer(page: Page, is: boolean): Promise<void> {
  if (is) await page.context().route('**/api/**', (route) => route.abort());
  else await page.context().unroute('**/api/**');
}
