/** Somebody changes what lies on a tablet's disk. */
import type { Page } from '@playwright/test';
import { counted, enrol, expect, go, installed, newTalk, sent, tap, test } from './support/story.ts';

const lockScreen = (page: Page) => page.getByRole('heading', { name: 'Wie werkt hier?' });
const shield = (page: Page): Promise<void> => page.getByRole('button', { name: 'Scherm verbergen' }).click();

/** Runs in the page: of which stores rows were set aside. */
async function aside(): Promise<string[]> {
  const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const name = (await indexedDB.databases()).map((one) => one.name ?? '').find((one) => one.startsWith('vault-')) ?? '';
  const db = await done(indexedDB.open(name));
  const rows = (await done(db.transaction('quarantine').objectStore('quarantine').getAll())) as { store: string }[];
  db.close();
  return rows.map(({ store }) => store);
}

/** Runs in the page: two records in each other's place, and a byte changed in every bundle and in the first edit that waits. */
async function spoil(): Promise<void> {
  const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const name = (await indexedDB.databases()).map((one) => one.name ?? '').find((one) => one.startsWith('vault-')) ?? '';
  const db = await done(indexedDB.open(name));
  const stores = ['records', 'bundles', 'outbox'].map((store) => db.transaction(store, 'readwrite').objectStore(store));
  const [records, bundles, edits] = await Promise.all(stores.map((store) => done(store.getAll() as IDBRequest<{ sealed: Uint8Array }[]>)));
  const put = (store: string, row: object): Promise<unknown> => done(db.transaction(store, 'readwrite').objectStore(store).put(row));
  const spoilt = (sealed: Uint8Array): Uint8Array => sealed.map((byte, at) => (at === 20 ? byte ^ 1 : byte));
  const [one, other] = records ?? [];
  await put('records', { ...one, sealed: other?.sealed });
  await put('records', { ...other, sealed: one?.sealed });
  for (const row of bundles ?? []) await put('bundles', { ...row, sealed: spoilt(row.sealed) });
  for (const row of (edits ?? []).slice(0, 1)) await put('outbox', { ...row, sealed: spoilt(row.sealed) });
  db.close();
}

test('T03: rows that somebody changed or swapped are set aside; the tablet goes on, and what was written on it arrives', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  const before = await counted(page, 'koffie');
  await demo.stop();
  await tap(page, 'koffie');
  await expect(page.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await shield(page);
  await expect(lockScreen(page)).toBeVisible();
  await page.evaluate(spoil);
  await tablet.reload();
  await newTalk(page, 'Wonen', 'Het gaat verder.');
  expect((await page.evaluate(aside)).sort()).toEqual(['outbox', 'records', 'records']);

  await demo.start();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await sent(page);
  await go(page, 'Plein');
  await expect.poll(() => counted(page, 'koffie')).toBe(before + 1); // as it was sealed to the server when it was written
});
