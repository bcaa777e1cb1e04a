/** The disk of a vault: what a thief finds on it, and what the app does with rows that somebody changed (T03, T07). */
import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import { type Boxer, IndexedDisk } from '../../../pwa/src/device/db.ts';
import { KeptDrafts } from '../../../pwa/src/device/drafts.ts';
import type { Database } from '../../../pwa/src/device/schema.ts';
import { randomBytes } from '../../../pwa/src/device/vault/bytes.ts';
import { inClear } from '../../../pwa/src/device/vault/clear.ts';
import { newVaultKey } from '../../../pwa/src/device/vault/keys.ts';
import { sealedBy } from '../../../pwa/src/device/vault/sealed.ts';
import { digestOf, held, issue, MINE, page, Tablet } from './bench.ts';
import { database } from './databases.ts';

const MARKER = 'zebrapad-marker-7';
const { key } = await newVaultKey({ vault: 'vault-a', salt: randomBytes(32), stretched: randomBytes(32) });
const codec = sealedBy(key, 'vault-a');

const one = held('issue-1', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE', own_words: MARKER } }]);
const two = held('issue-2', [{ a: 'otherAuthor', n: 2, set: { theme: 'HOU' } }]);
const both = page(0, 2, [one, two], { digest: digestOf([one, two]) });

/** A tablet with two records of the server's, an edit that waits, one that was refused, and a draft. */
async function tablet(): Promise<{ tablet: Tablet; db: Database }> {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const db = database(`vault-${randomBytes(4).join('')}`);
  const opened = await Tablet.open({}, new IndexedDisk(db, codec));
  await opened.syncs({ streams: { [MINE]: both } });
  await opened.writes(issue({ own_words: `${MARKER} refused` }, 'issue-4'));
  await opened.syncs({ acks: [['refused', 'bad_value']], streams: {} });
  await opened.writes(issue({ own_words: `${MARKER} waits` }, 'issue-3'));
  const drafts = await KeptDrafts.open(db, codec);
  drafts.set('talk/3/own_words', `${MARKER} half`);
  await drafts.flush();
  return { tablet: opened, db };
}

const everything = async (db: Database): Promise<unknown[]> => Promise.all(db.tables.map((table) => table.toArray()));

/** Everything that lies on the disk, as one text: of bytes and of characters. */
const raw = async (db: Database): Promise<string> => {
  const bytes: number[] = [];
  const text = JSON.stringify(await everything(db), (_, value) => {
    if (value instanceof Uint8Array) bytes.push(...value);
    return value;
  });
  return text + Buffer.from(bytes).toString('latin1');
};

describe('the disk of a vault', () => {
  test('holds not one word of what was written, sent, refused or half-written', async () => {
    const { tablet: opened, db } = await tablet();

    expect(opened.shows('issue-3')).toEqual({ own_words: `${MARKER} waits` });
    const lying = await raw(db);
    for (const word of [MARKER, 'zebrapad', 'theme', 'bad_value']) expect(lying).not.toContain(word);
  });

  test('comes back whole after a restart', async () => {
    const { tablet: opened, db } = await tablet();
    await opened.restarts();

    expect([opened.outbox, opened.refused, opened.shows('issue-1'), opened.shows('issue-3')]).toEqual([
      [`${MARKER} waits`],
      [`${MARKER} refused refused bad_value`],
      { theme: 'ENE', own_words: MARKER },
      { own_words: `${MARKER} waits` },
    ]);
    expect((await KeptDrafts.open(db, codec)).get('talk/3/own_words')).toBe(`${MARKER} half`);
    expect(await db.quarantine.count()).toBe(0);
  });

  test("tells another worker's vault nothing, and takes nothing from it", async () => {
    const { db } = await tablet();
    const other = await newVaultKey({ vault: 'vault-b', salt: randomBytes(32), stretched: randomBytes(32) });
    const rows = await db.records.toArray();

    for (const row of rows) await expect(sealedBy(other.key, 'vault-b').open('records', row.id, row.sealed)).rejects.toThrow();
  });
});

describe('rows that somebody changed on the disk', () => {
  test('two swapped records are refused and set aside, the app goes on, and both come again from the server', async () => {
    const { tablet: opened, db } = await tablet();
    const [first, second] = await db.records.bulkGet(['issue-1', 'issue-2']);
    await db.records.bulkPut([
      { id: 'issue-1', sealed: second?.sealed ?? new Uint8Array() },
      { id: 'issue-2', sealed: first?.sealed ?? new Uint8Array() },
    ]);

    await opened.restarts();

    expect([opened.shows('issue-1'), opened.shows('issue-2'), opened.outbox]).toEqual([undefined, undefined, [`${MARKER} waits`]]);
    // Rows are opened side by side: which of the two is found first is chance.
    const aside = (await db.quarantine.toArray()).map(({ store, key: id }) => `${store} ${id}`);
    expect(aside.toSorted()).toEqual(['records issue-1', 'records issue-2']);
    expect((await opened.calls()).request.cursors).toEqual({ [MINE]: 0 });
    await opened.syncs({ acks: [['ok']], streams: { [MINE]: both } });
    await opened.restarts();
    expect([opened.shows('issue-1'), await db.quarantine.count()]).toEqual([{ theme: 'ENE', own_words: MARKER }, 2]);
  });

  test('a changed byte in any store costs that row, and never the start', async () => {
    for (const store of ['records', 'outbox', 'refused', 'streams', 'meta', 'drafts']) {
      const { tablet: opened, db } = await tablet();
      const [name = ''] = await db.table(store).toCollection().primaryKeys();
      const row = await db.table(store).get(name);
      const sealed = row.sealed.slice();
      sealed[20] ^= 1;
      await db.table(store).put({ ...row, sealed });

      await opened.restarts();
      await KeptDrafts.open(db, codec);

      expect((await db.quarantine.toArray()).map((aside) => [aside.store, aside.key, aside.sealed])).toEqual([[store, name, sealed]]);
      expect(await db.table(store).where(':id').equals(name).count()).toBe(store === 'streams' ? 1 : 0);
      await opened.writes(issue({ own_words: 'goes on' }, 'issue-9'));
      expect(opened.shows('issue-9')).toEqual({ own_words: 'goes on' });
    }
  });

  test('an edit that waits leaves as it was sealed to the server, while its worker goes on and also when the vault is gone', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const db = database(`vault-${randomBytes(4).join('')}`);
    const boxer: Boxer = async ({ a, n, id }) => ({ a, n, id, key: 'k', box: `box-of-${n}` });
    const opened = await Tablet.open({}, new IndexedDisk(db, codec, boxer));
    for (const own_words of ['one', 'two']) await opened.writes(issue({ own_words }));
    const [row] = await db.outbox.toArray();
    await db.outbox.put({ seq: row?.seq ?? 0, sealed: randomBytes(60) });

    await opened.restarts();

    expect([opened.outbox, (await db.boxes.toArray()).map(({ box }) => box.box)]).toEqual([['two'], ['box-of-2']]);
    expect((await inClear((clear) => clear.carried.toArray())).map(({ box, ack }) => [box.box, ack])).toEqual([['box-of-1', '']]);
  });

  test('a row of an older time that is put back in its own place is told from nothing: it is asked from the server again', async () => {
    // What a seal cannot see, the digest does: it is the server's word about what should be here.
    const { tablet: opened, db } = await tablet();
    const before = await db.records.get('issue-2');
    const newer = held('issue-2', [{ a: 'otherAuthor', n: 5, set: { theme: 'DIG' } }]);
    const next = page(2, 3, [newer], { digest: digestOf([one, newer]) });
    await opened.syncs({ acks: [['ok']], streams: { [MINE]: next } });
    await db.records.put(before ?? { id: '', sealed: new Uint8Array() });
    await opened.restarts();

    expect(opened.shows('issue-2')).toEqual({ theme: 'HOU' });
    const outcome = await opened.syncs({ streams: { [MINE]: page(3, 3, [], { digest: digestOf([one, newer]) }) } });
    expect(outcome).toMatchObject({ repaired: [MINE], again: true });
  });
});
