/**
 * The tablet's disk: IndexedDB through Dexie, strict durability. Numbered versions; a step is never changed once released.
 * A transaction awaits nothing but the database: IndexedDB commits while anything else is awaited.
 */
import Dexie, { type EntityTable, type Table } from 'dexie';
import type { Digest } from '../sync/digest.ts';
import type { Edit } from '../sync/edits.ts';
import { fromWire, type WireRecord } from '../sync/wire.ts';
import type { Codec } from './codec.ts';
import { digestOf, rememberDigest } from './digests.ts';
import {
  type Disk,
  DiskFull,
  type EditRow,
  emptyState,
  type Held,
  type Meta,
  type Patch,
  type Some,
  type State,
  type StreamRow,
} from './disk.ts';

interface Sealed {
  readonly sealed: Uint8Array;
}
interface RecordRow extends Sealed {
  readonly id: string;
}
interface SeqRow extends Sealed {
  readonly seq: number;
}
interface NamedRow extends Sealed {
  readonly name: string;
}
interface CounterRow {
  readonly name: string;
  readonly value: number;
}
interface KeptRecord {
  readonly wire: WireRecord;
  readonly streams: Readonly<Record<string, number>>;
  readonly digest?: Digest;
}

export class Database extends Dexie {
  declare records: EntityTable<RecordRow, 'id'>;
  declare outbox: EntityTable<SeqRow, 'seq'>;
  declare kept: EntityTable<SeqRow, 'seq'>;
  declare refused: EntityTable<SeqRow, 'seq'>;
  declare streams: EntityTable<NamedRow, 'name'>;
  declare meta: EntityTable<NamedRow, 'name'>;
  declare drafts: EntityTable<NamedRow, 'name'>;
  declare counters: EntityTable<CounterRow, 'name'>;

  constructor(name: string) {
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({
      records: 'id',
      outbox: '++seq',
      kept: 'seq',
      refused: 'seq',
      streams: 'name',
      meta: 'name',
      drafts: 'name',
      counters: 'name',
    });
  }
}

const EDIT_STORES = ['outbox', 'kept', 'refused'] as const;

interface Rows {
  readonly call: CounterRow | undefined;
  readonly meta: NamedRow | undefined;
  readonly streams: readonly NamedRow[];
  readonly edits: readonly (readonly SeqRow[])[];
}

export class IndexedDisk implements Disk {
  readonly db: Database;
  readonly codec: Codec;

  constructor(db: Database, codec: Codec) {
    this.db = db;
    this.codec = codec;
  }

  async load(): Promise<State> {
    const { db, codec } = this;
    const [records, rows] = await db.transaction('r', db.tables, () => Promise.all([db.records.toArray(), this.#readRows()]));
    const held = new Map(records.map((row) => [row.id, openRecord(codec.open<KeptRecord>(row.sealed))]));
    return { ...this.#openRows(rows), records: held };
  }

  async loadSome(ids: readonly string[]): Promise<Some> {
    const { db, codec } = this;
    const [records, rows] = await db.transaction('r', db.tables, () => Promise.all([db.records.bulkGet([...ids]), this.#readRows()]));
    const held = records.map((row, i) => [ids[i] ?? '', row ? openRecord(codec.open<KeptRecord>(row.sealed)) : null] as const);
    return { ...this.#openRows(rows), records: new Map(held) };
  }

  /** All rows but records, still sealed: nothing is opened while a transaction runs. */
  async #readRows(): Promise<Rows> {
    const { db } = this;
    const [call, meta, streams, ...edits] = await Promise.all([
      db.counters.get('call'),
      db.meta.get('meta'),
      db.streams.toArray(),
      ...EDIT_STORES.map((store) => db[store].toArray()),
    ]);
    return { call, meta, streams, edits };
  }

  #openRows({ call, meta, streams, edits }: Rows): Omit<State, 'records'> {
    const { codec } = this;
    const empty = emptyState();
    const [outbox = empty.outbox, kept = empty.kept, refused = empty.refused] = edits.map(
      (rows) => new Map(rows.map((row) => [row.seq, { ...codec.open<EditRow>(row.sealed), seq: row.seq }])),
    );
    return {
      call: call?.value ?? 0,
      // A row of an older version may lack what came later.
      meta: { ...empty.meta, ...(meta && codec.open<Partial<Meta>>(meta.sealed)) },
      streams: new Map(streams.map((row) => [row.name, codec.open<StreamRow>(row.sealed)])),
      outbox,
      kept,
      refused,
    };
  }

  async append(edit: Edit): Promise<number> {
    const sealed = this.codec.seal({ edit, ack: '', ackedAt: 0, hidden: false });
    return this.#writing([this.db.outbox], () => this.db.outbox.add({ sealed } as SeqRow));
  }

  async nextCall(): Promise<number> {
    return this.#writing([this.db.counters], async () => {
      const value = ((await this.db.counters.get('call'))?.value ?? 0) + 1;
      await this.db.counters.put({ name: 'call', value });
      return value;
    });
  }

  async commit(patch: Patch, call: number | null): Promise<boolean> {
    const { db, codec } = this;
    // Sealed before the transaction.
    const records = split(patch.records, (id, held) => ({ id, sealed: codec.seal(keepRecord(held)) }));
    const streams = split(patch.streams, (name, row) => ({ name, sealed: codec.seal(row) }));
    const edits = EDIT_STORES.map((store) => split(patch[store], (seq, row) => ({ seq, sealed: codec.seal(row) })));
    const meta = patch.meta && { name: 'meta', sealed: codec.seal(patch.meta) };
    return this.#writing(db.tables, async () => {
      if (call !== null && ((await db.counters.get('call'))?.value ?? 0) !== call) return false;
      if (meta) await db.meta.put(meta);
      await Promise.all([
        db.records.bulkPut(records.put),
        db.records.bulkDelete(records.gone),
        db.streams.bulkPut(streams.put),
        db.streams.bulkDelete(streams.gone),
        ...EDIT_STORES.flatMap((store, i) => [db[store].bulkPut(edits[i]?.put ?? []), db[store].bulkDelete(edits[i]?.gone ?? [])]),
      ]);
      return true;
    });
  }

  /** All of it or nothing; on the disk when it resolves. */
  async #writing<T>(tables: Table[], act: () => PromiseLike<T>): Promise<T> {
    try {
      return await this.db.transaction('rw', tables, act);
    } catch (error) {
      throw isQuota(error) ? new DiskFull('no room left', { cause: error }) : error;
    }
  }
}

/** Dexie wraps what the browser threw, once or more. */
function isQuota(error: unknown): boolean {
  for (let one = error as { name?: string; inner?: unknown } | undefined; one; one = one.inner as typeof one) {
    if (one.name === 'QuotaExceededError') return true;
  }
  return false;
}

function split<K, V, R>(changes: ReadonlyMap<K, V | null>, row: (key: K, value: V) => R): { put: R[]; gone: K[] } {
  const put: R[] = [];
  const gone: K[] = [];
  for (const [key, value] of changes) {
    if (value === null) gone.push(key);
    else put.push(row(key, value));
  }
  return { put, gone };
}

const keepRecord = (held: Held): KeptRecord => ({
  wire: held.wire,
  streams: Object.fromEntries(held.streams),
  digest: digestOf(held.record),
});

function openRecord({ wire, streams, digest }: KeptRecord): Held {
  const record = fromWire(wire);
  if (digest) rememberDigest(record, digest);
  return { wire, record, streams: new Map(Object.entries(streams)) };
}
