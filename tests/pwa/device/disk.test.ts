import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plain } from '../../../pwa/src/device/codec.ts';
import { IndexedDisk } from '../../../pwa/src/device/db.ts';
import { type Disk, DiskFull, type EditRow, emptyPatch, type Patch } from '../../../pwa/src/device/disk.ts';
import { KeptDrafts } from '../../../pwa/src/device/drafts.ts';
import { MemoryDisk } from '../../../pwa/src/device/memory.ts';
import type { Database } from '../../../pwa/src/device/schema.ts';
import type { Edit } from '../../../pwa/src/sync/edits.ts';
import { fromWire } from '../../../pwa/src/sync/wire.ts';
import { digestOf, EVENT, held, issue, MINE, page, stored, Tablet } from './bench.ts';
import { database } from './databases.ts';

const disk = (): IndexedDisk => new IndexedDisk(database(), plain);

const one = held('issue-1', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }]);
const edit = (n: number): Edit => ({
  a: 'authorAuth1',
  n,
  h: '019c3d6a2b400003',
  kind: 'issue',
  id: `issue-${n % 3}`,
  event: EVENT,
  set: { theme: 'ENE' },
  over: {},
  u: 1,
});

/** The browser has no room left for rows of these stores. */
function fill(db: Database, ...stores: ('outbox' | 'records')[]): () => void {
  const full = (): never => {
    throw new DOMException('no room', 'QuotaExceededError');
  };
  for (const store of stores) db[store].hook('creating').subscribe(full);
  return () => {
    for (const store of stores) db[store].hook('creating').unsubscribe(full);
  };
}

describe('the two disks', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 1, max: 99 }) }),
    fc.record({ do: fc.constant('call' as const), n: fc.constant(0) }),
    fc.record({ do: fc.constant('commit' as const), n: fc.integer({ min: 0, max: 7 }) }),
    fc.record({ do: fc.constant('stale' as const), n: fc.integer({ min: 0, max: 7 }) }),
  );

  async function take(on: Disk, { do: what, n }: { do: string; n: number }): Promise<unknown> {
    if (what === 'append') return on.append(edit(n));
    if (what === 'call') return on.nextCall();
    const { call, outbox } = await on.load();
    return on.commit(patchOf(n, outbox), what === 'commit' ? call : call + 1);
  }

  function patchOf(n: number, outbox: ReadonlyMap<number, EditRow>): Patch {
    const patch = emptyPatch();
    const id = `issue-${n % 3}`;
    const wire = held(id, [{ a: 'otherAuthor', n: n + 1, set: { own_words: `${n}` } }]);
    patch.records.set(id, n % 2 ? { wire, record: fromWire(wire), streams: new Map([[MINE, n]]) } : null);
    patch.streams.set(MINE, n % 5 ? { name: MINE, cursor: n, round: 1 } : null);
    const row = [...outbox.values()][n];
    if (row) {
      patch.outbox.set(row.seq, null);
      patch[n % 2 ? 'kept' : 'refused'].set(row.seq, { ...row, ack: 'ok', ackedAt: n });
    }
    if (n > 5) patch.meta = { epoch: `epoch-${n}`, repairedAt: n, syncedAt: n };
    return patch;
  }

  test('hold the same after the same steps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const memory = new MemoryDisk();
        const indexed = disk();
        for (const one of steps) expect(await take(indexed, one)).toEqual(await take(memory, one));
        const { seq: _, ...expected } = (await memory.load()) as unknown as Record<string, unknown>;
        expect(plainly(await indexed.load())).toEqual(plainly(expected));
        const ids = ['issue-0', 'issue-1', 'issue-9'];
        expect(plainly((await indexed.loadSome(ids)).records)).toEqual(plainly((await memory.loadSome(ids)).records));
      }),
      { numRuns: 25 },
    );
  });
});

// Tables without a prototype come back from a disk with one; the order of rows means nothing.
const plainly = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part) => (part instanceof Map ? Object.fromEntries([...part].sort()) : part)));

describe('a tablet that is killed while it writes', () => {
  test('has either the edit or nothing of it', async () => {
    const tablet = await Tablet.open({}, disk());
    const { db } = tablet.disk as IndexedDisk;
    const battery = (): never => {
      throw new Error('battery');
    };
    db.outbox.hook('creating').subscribe(battery);
    await expect(tablet.writes(issue({ theme: 'ENE' }))).rejects.toThrow('battery');
    db.outbox.hook('creating').unsubscribe(battery);

    expect([tablet.shows(), await db.outbox.count()]).toEqual([undefined, 0]);
    await tablet.writes(issue({ theme: 'HOU' }));
    await tablet.restarts();
    expect([tablet.shows(), await db.outbox.count()]).toEqual([{ theme: 'HOU' }, 1]);
  });

  test('has either all of a reply or nothing of it', async () => {
    const tablet = await Tablet.open({}, disk());
    const { db } = tablet.disk as IndexedDisk;
    await tablet.writes(issue({ own_words: 'cold' }, 'issue-2'));
    const call = await tablet.calls();
    const battery = (): never => {
      throw new Error('battery');
    };
    db.kept.hook('creating').subscribe(battery); // the last store that a reply touches
    await expect(tablet.hears(call, { streams: { [MINE]: page(0, 1, [one]) } })).rejects.toThrow('battery');
    db.kept.hook('creating').unsubscribe(battery);

    expect([tablet.outbox, tablet.shows()]).toEqual([['cold'], undefined]);
    await tablet.restarts();
    expect([tablet.outbox, tablet.shows(), tablet.core.state.streams.size]).toEqual([['cold'], undefined, 0]);
    await tablet.syncs({ acks: [['repeat']], streams: { [MINE]: page(0, 1, [one]) } });
    expect([tablet.outbox, tablet.kept, tablet.shows()]).toEqual([[], ['cold ok'], { theme: 'ENE' }]);
  });

  test('waits for the disk itself: writes are strictly durable', () => {
    expect((database() as unknown as { _options: object })._options).toMatchObject({ chromeTransactionDurability: 'strict' });
  });
});

describe('what lies on the disk', () => {
  test('is ids, counters and bytes, nothing else', async () => {
    const tablet = await Tablet.open({}, disk());
    await tablet.writes(issue({ own_words: 'secret words' }));
    await tablet.syncs({ acks: [['refused', 'bad_value']], streams: { [MINE]: page(0, 1, [one]) } });
    await tablet.writes(issue({ own_words: 'more secrets' }));
    const { db } = tablet.disk as IndexedDisk;

    for (const table of db.tables) {
      for (const { sealed, ...clear } of (await table.toArray()) as { sealed?: Uint8Array }[]) {
        expect(['id', 'seq', 'name', 'name,value']).toContain(Object.keys(clear).join());
        if (table.name !== 'counters') expect(sealed).toBeInstanceOf(Uint8Array);
      }
    }
  });

  test('comes back as it was, whatever names fields have', async () => {
    const tablet = await Tablet.open({}, disk());
    const strange = held('issue-1', [{ a: 'otherAuthor', n: 1, set: { constructor: 'x', ['__proto__']: 'y', 'criteria/ſ': 'z' } }]);
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [strange], { digest: digestOf([strange]) }) } });
    await tablet.restarts();

    expect(await tablet.syncs({ streams: { [MINE]: page(1, 1, [], { digest: digestOf([strange]) }) } })).toMatchObject({
      differing: [],
      again: false,
    });
  });
});

describe('a tablet whose browser has no room left', () => {
  test('keeps words at the cost of the records of the server, which it reads again from 0', async () => {
    const tablet = await Tablet.open({}, disk());
    const { db } = tablet.disk as IndexedDisk;
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [one]) } });
    const free = fill(db, 'outbox');
    db.records.hook('deleting').subscribe(free);

    await tablet.writes(issue({ own_words: 'cold' }));

    expect([tablet.core.isFull, tablet.shows(), await db.records.count(), await db.outbox.count()]).toEqual([
      true,
      { theme: 'ENE', own_words: 'cold' }, // what is in memory stays on the screen
      0,
      1,
    ]);
    expect((await tablet.calls()).request.cursors).toEqual({ [MINE]: 0 });
    await tablet.restarts();
    expect([tablet.outbox, tablet.shows()]).toEqual([['cold'], { own_words: 'cold' }]);
    await tablet.syncs({ acks: [['ok']], streams: { [MINE]: page(0, 1, [one]) } });
    expect([tablet.core.isFull, tablet.shows()]).toEqual([false, { theme: 'ENE' }]);
  });

  test('says so where even that gives no room, and loses nothing that was kept before', async () => {
    const tablet = await Tablet.open({}, disk());
    await tablet.writes(issue({ own_words: 'cold' }));
    fill((tablet.disk as IndexedDisk).db, 'outbox');

    await expect(tablet.writes(issue({ own_words: 'colder' }))).rejects.toBeInstanceOf(DiskFull);

    expect([tablet.core.isFull, tablet.outbox, tablet.shows()]).toEqual([true, ['cold'], { own_words: 'cold' }]);
    await tablet.restarts();
    expect(tablet.outbox).toEqual(['cold']);
  });

  test('keeps the answers of a reply whose records find no room: edits do not go again and again', async () => {
    const tablet = await Tablet.open({}, disk());
    const own = await tablet.writes(issue({ own_words: 'cold' }, 'issue-2'));
    await tablet.writes(issue({ own_words: 'bad' }, 'issue-3'));
    const free = fill((tablet.disk as IndexedDisk).db, 'records');
    const reply = { streams: { [MINE]: page(0, 2, [one, stored(own)]) } };

    expect(await tablet.syncs({ acks: [['ok'], ['refused', 'bad_value']], ...reply })).toEqual({ kind: 'full' });
    expect([tablet.core.isFull, tablet.outbox, tablet.refused]).toEqual([true, ['cold ok'], ['bad refused bad_value']]);
    await tablet.restarts();
    expect([tablet.shows('issue-2'), (await tablet.calls()).request]).toMatchObject([{ own_words: 'cold' }, { edits: [], cursors: {} }]);

    free();
    await tablet.syncs(reply);
    expect([tablet.core.isFull, tablet.outbox, tablet.kept, tablet.shows()]).toEqual([false, [], ['cold ok'], { theme: 'ENE' }]);
  });
});

describe('a database that an older app left', () => {
  /** The disk of version 1 of the schema as its first release wrote it; never changed here. */
  async function versionOne(name: string): Promise<void> {
    const old = new Dexie(name);
    old.version(1).stores({
      records: 'id',
      outbox: '++seq',
      kept: 'seq',
      refused: 'seq',
      streams: 'name',
      meta: 'name',
      drafts: 'name',
      counters: 'name',
    });
    const sealed = (value: unknown): { sealed: Uint8Array } => ({ sealed: new TextEncoder().encode(JSON.stringify(value)) });
    const row = (n: number): object => sealed({ edit: edit(n), ack: '', ackedAt: 0, hidden: false });
    await old.table('records').put({ id: 'issue-1', ...sealed({ wire: one, streams: { [MINE]: 1 } }) });
    await old.table('streams').put({ name: MINE, ...sealed({ name: MINE, cursor: 7, round: 1 }) });
    await old.table('meta').put({ name: 'meta', ...sealed({ epoch: 'epoch-1', repairedAt: 0 }) });
    await old.table('counters').put({ name: 'call', value: 811 });
    await old.table('drafts').put({ name: 'talk/own_words', ...sealed('half a sen') });
    await old.table('outbox').put({ seq: 5, ...row(5) });
    await old.table('kept').put({ seq: 4, ...sealed({ edit: edit(4), ack: 'ok', ackedAt: 9e15, hidden: false }) });
    old.close();
  }

  test('of version 1 is read whole: records, what waits, cursors, calls and drafts', async () => {
    await versionOne('version-1');
    const db = database('version-1');
    const tablet = await Tablet.open({}, new IndexedDisk(db, plain));

    expect(tablet.shows()).toEqual({ theme: 'ENE' });
    expect((await KeptDrafts.open(db, plain)).get('talk/own_words')).toBe('half a sen');
    const { number, sent, request } = await tablet.calls();
    expect([number, sent.map((row) => row.edit.n), request.cursors, request.epoch]).toEqual([812, [5], { [MINE]: 7 }, 'epoch-1']);
    expect(tablet.core.state.meta.syncedAt).toBe(0);
    expect((await tablet.writes(issue({ theme: 'HOU' }))).n).toBe(1);
    expect(Math.max(...tablet.core.state.outbox.keys())).toBe(6);
  });

  test('lets a newer app change the schema while an older tab is open: the older one makes way', async () => {
    const older = database('makes-way');
    await older.open();
    older.on('versionchange', () => {
      older.close();
      return false;
    });
    const newer = new Dexie('makes-way');
    newer.version(1).stores({ records: 'id' });
    newer.version(4).stores({ records: 'id', vaults: 'id' });

    await newer.open();

    expect([newer.verno, older.isOpen()]).toEqual([4, false]);
    newer.close();
  });
});
