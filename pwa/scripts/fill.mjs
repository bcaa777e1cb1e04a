// Fills a device with copies of its own records, sealed as they are, for measurements.

import { fromBase64 } from '../src/device/base64.ts';
import { stretch } from '../src/device/vault/argon.ts';
import { asVaultKey, unwrapped } from '../src/device/vault/keys.ts';
import { sealedBy } from '../src/device/vault/sealed.ts';
import { tidied } from '../src/device/vault/secrets.ts';

const isOfATalk = (text) => text.includes('"kind":"issue"') || text.includes('"kind":"visit"');

/** A record's own id gets another end. */
const copyOf = ({ id, text }, i) => {
  const other = `${id.slice(0, -6)}${String(i).padStart(6, '0')}`;
  return { id: other, text: text.replaceAll(id, other) };
};

/** Reads a store; bytes as lists of numbers. Runs in the page. */
async function readAll([name, store]) {
  const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await done(indexedDB.open(name));
  const rows = await done(db.transaction(store).objectStore(store).getAll());
  db.close();
  return JSON.parse(JSON.stringify(rows, (_, one) => (one instanceof Uint8Array ? [...one] : one)));
}

/** Runs in the page. */
async function writeAll([name, rows]) {
  const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await done(indexedDB.open(name));
  const write = db.transaction('records', 'readwrite');
  for (const { id, sealed } of rows)
    write.objectStore('records').put({ id, sealed: Uint8Array.from(atob(sealed), (c) => c.charCodeAt(0)) });
  await new Promise((resolve) => (write.oncomplete = resolve));
  db.close();
}

async function fill(page, name, codec, upTo) {
  const rows = await page.evaluate(readAll, [name, 'records']);
  const there = await Promise.all(
    rows.map(async ({ id, sealed }) => ({ id, text: JSON.stringify(await codec.open('records', id, Uint8Array.from(sealed))) })),
  );
  const models = there.filter(({ text }) => isOfATalk(text));
  const copies = Array.from({ length: upTo - rows.length }, (_, i) => copyOf(models[i % models.length], i));
  const sealed = await Promise.all(
    copies.map(async ({ id, text }) => ({ id, sealed: Buffer.from(await codec.seal('records', id, JSON.parse(text))).toString('base64') })),
  );
  await page.evaluate(writeAll, [name, sealed]);
  return rows.length + copies.length;
}

/** Fills the copy of whoever is signed in at the desk; resolves how many records there are then. */
export async function fillDesk(page, upTo) {
  const [name, key] = await page.evaluate(async () => {
    const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    const names = (await indexedDB.databases()).map((one) => one.name);
    return [names.find((one) => one.startsWith('desk-')), (await (await fetch('/api/desk/key', asked)).json()).key];
  });
  return fill(page, name, sealedBy(await asVaultKey(fromBase64(key)), name), upTo);
}

/** The same in the one vault of a tablet. */
export async function fillVault(page, words, upTo) {
  const [{ id, lock }] = await page.evaluate(readAll, ['onthaal', 'vaults']);
  const salt = Uint8Array.from(lock.salt);
  const stretched = await stretch(tidied(words), salt, lock.cost);
  const key = await unwrapped(Uint8Array.from(lock.wrapped), { vault: id, salt, stretched });
  return fill(page, `vault-${id}`, sealedBy(key, id), upTo);
}

/** Waits until the one vault of a tablet has so many bundles of records (src/device/bundles.ts). */
export async function bundled(page, count) {
  const [{ id }] = await page.evaluate(readAll, ['onthaal', 'vaults']);
  while ((await page.evaluate(readAll, [`vault-${id}`, 'bundles'])).length < count) await page.waitForTimeout(500);
}
