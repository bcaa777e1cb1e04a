/** Bundles: a second copy of the records that makes unlocking quick, and that may go at any moment without a loss. */
import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import { BUNDLED, bundle, bundler } from '../../../pwa/src/device/bundles.ts';
import type { Codec } from '../../../pwa/src/device/codec.ts';
import { IndexedDisk } from '../../../pwa/src/device/db.ts';
import type { Database } from '../../../pwa/src/device/schema.ts';
import { randomBytes } from '../../../pwa/src/device/vault/bytes.ts';
import { newVaultKey } from '../../../pwa/src/device/vault/keys.ts';
import { sealedBy } from '../../../pwa/src/device/vault/sealed.ts';
import type { WireRecord } from '../../../pwa/src/sync/wire.ts';
import { digestOf, held, issue, MINE, page, Tablet } from './bench.ts';
import { database } from './databases.ts';

const { key } = await newVaultKey({ vault: 'vault-a', salt: randomBytes(32), stretched: randomBytes(32) });
const sealed = sealedBy(key, 'vault-a');
const never = new AbortController().signal;
const atOnce = async (): Promise<void> => {};

const id = (n: number): string => `issue-${String(n).padStart(4, '0')}`;
const server = (n: number, own_words = `words ${n}`): WireRecord => held(id(n), [{ a: 'otherAuthor', n: n + 1, set: { own_words } }]);
const many = (count: number): WireRecord[] => Array.from({ length: count }, (_, n) => server(n));

/** A vault with records of the server's, and which rows its codec opened since the last look. */
async function vault(count: number): Promise<{ tablet: Tablet; db: Database; codec: Codec; opened: () => string[] }> {
  const asked: string[] = [];
  const codec: Codec = {
    ...sealed,
    open: (store, name, bytes) => {
      asked.push(`${store} ${name}`);
      return sealed.open(store, name, bytes);
    },
  };
  const db = database(`vault-${randomBytes(4).join('')}`);
  const tablet = await Tablet.open({}, new IndexedDisk(db, codec));
  const records = many(count);
  await tablet.syncs({ streams: { [MINE]: page(0, count, records, { digest: digestOf(records) }) } });
  return { tablet, db, codec, opened: () => asked.splice(0).filter((one) => /^(records|bundles) /.test(one)) };
}

/** All that lies in bundles, opened. */
const inBundles = async (db: Database): Promise<string> =>
  JSON.stringify(await Promise.all((await db.bundles.toArray()).map((row) => sealed.open('bundles', row.first, row.sealed))));

const shownBy = (tablet: Tablet): unknown[] => [...tablet.core.ids()].sort().map((one) => [one, tablet.shows(one)]);

describe('bundles', () => {
  test('open to the very records that their rows hold, a hundred at a time', async () => {
    const { tablet, db, codec, opened } = await vault(2 * BUNDLED + 3);
    const before = shownBy(tablet);
    await bundle(db, codec, never, atOnce);
    opened();

    await tablet.restarts();

    expect(shownBy(tablet)).toEqual(before);
    expect(opened().sort()).toEqual([`bundles ${id(0)}`, `bundles ${id(100)}`, ...[200, 201, 202].map((n) => `records ${id(n)}`)]);
    const again = await tablet.syncs({ streams: { [MINE]: page(203, 203, [], { digest: digestOf(many(203)) }) } });
    expect(again).toMatchObject({ kind: 'stored', repaired: [] });
  });

  test('hold nothing of a record that changed: its older words go with the bundle, in the same transaction', async () => {
    const { tablet, db, codec } = await vault(2 * BUNDLED);
    await bundle(db, codec, never, atOnce);
    expect(await inBundles(db)).toContain('"words 7"');

    const newer = held(id(7), [{ a: 'otherAuthor', n: 900, set: { own_words: 'other words' } }]);
    await tablet.syncs({ streams: { [MINE]: page(200, 201, [newer]) } });

    expect(await inBundles(db)).not.toContain('"words 7"');
    expect(await db.bundles.count()).toBe(1);
    await tablet.restarts();
    expect([tablet.shows(id(7)), tablet.shows(id(8))]).toEqual([{ own_words: 'other words' }, { own_words: 'words 8' }]);
  });

  test('hold nothing of what left this tablet', async () => {
    const { tablet, db, codec } = await vault(BUNDLED);
    await bundle(db, codec, never, atOnce);

    await tablet.syncs({ streams: { [MINE]: page(100, 101, [], { gone: [[id(3), 'erased']] }) } });

    expect(await inBundles(db)).toBe('[]');
    await tablet.restarts();
    expect([tablet.shows(id(3)), tablet.shows(id(4))]).toEqual([undefined, { own_words: 'words 4' }]);
  });

  test('are not made of what is written again while they are made', async () => {
    const { tablet, db } = await vault(BUNDLED);
    const newer = held(id(7), [{ a: 'otherAuthor', n: 900, set: { own_words: 'other words' } }]);
    const interrupted: Codec = {
      ...sealed,
      seal: async (store, name, value) => {
        if (store === 'bundles') await tablet.syncs({ streams: { [MINE]: page(100, 101, [newer]) } });
        return sealed.seal(store, name, value);
      },
    };

    await bundle(db, interrupted, never, atOnce);

    expect(await db.bundles.count()).toBe(0);
    await tablet.restarts();
    expect(tablet.shows(id(7))).toEqual({ own_words: 'other words' });
  });

  test('that somebody changed on the disk are thrown away, and nothing is lost with them', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tablet, db, codec } = await vault(2 * BUNDLED);
    await tablet.writes(issue({ own_words: 'waits' }, 'issue-mine'));
    const before = shownBy(tablet);
    await bundle(db, codec, never, atOnce);
    const [one, other] = await db.bundles.toArray();
    await db.bundles.put({ first: '', ids: [], ...one, sealed: other?.sealed ?? new Uint8Array() });

    await tablet.restarts();

    expect(shownBy(tablet)).toEqual(before);
    expect([await db.bundles.count(), await db.quarantine.count()]).toEqual([0, 0]);
  });

  test('are given up where there is no room for them, and the words are kept', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { tablet, db, codec } = await vault(2 * BUNDLED);
    let asked = 0;
    const full: Codec = {
      ...codec,
      seal: async (store, name, value) => {
        if (store === 'bundles' && ++asked === 2) throw new DOMException('full', 'QuotaExceededError');
        return codec.seal(store, name, value);
      },
    };
    vi.stubGlobal('navigator', { locks: { request: async (_: string, __: object, act: (lock: object) => unknown) => act({}) } });

    bundler(db, full, never)();
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    vi.unstubAllGlobals();
    await vi.waitFor(async () => expect([asked, await db.bundles.count()]).toEqual([2, 0]));

    await tablet.restarts();
    expect(shownBy(tablet)).toHaveLength(2 * BUNDLED);
  });
});
