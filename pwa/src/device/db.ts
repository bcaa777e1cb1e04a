/**
 * The tablet's disk: IndexedDB through Dexie, strict durability. Numbered versions; a step is never changed once released.
 * A transaction awaits nothing but the database: IndexedDB commits while anything else is awaited.
 */
import Dexie, { type EntityTable } from 'dexie';
import type { Edit } from '../sync/edits.ts';
import { fromWire, type WireRecord } from '../sync/wire.ts';
import type { Codec } from './codec.ts';
import { type Disk, type EditRow, emptyState, type Held, type Meta, type Patch, type State, type StreamRow } from './disk.ts';

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

type EditStore = 'outbox' | 'kept' | 'refused';
const EDIT_STORES: readonly EditStore[] = ['outbox', 'kept', 'refused'];

export class IndexedDisk implements Disk {
  readonly db: Database;
  readonly codec: Codec;

  constructor(db: Database, codec: Codec) {
    this.db = db;
    this.codec = codec;
  }

  async load(): Promise<State> {
    const { db, codec } = this;
    const [records, streams, meta, edits] = await db.transaction('r', db.tables, async () =>
      Promise.all([db.records.toArray(), db.streams.toArray(), db.meta.get('meta'), this.#readEdits()]),
    );
    const state = emptyState();
    for (const row of records) state.records.set(row.id, openRecord(codec.open<KeptRecord>(row.sealed)));
    for (const row of streams) state.streams.set(row.name, codec.open<StreamRow>(row.sealed));
    if (meta) state.meta = codec.open<Meta>(meta.sealed);
    return Object.assign(state, this.#openEdits(edits));
  }

  async loadEdits(): Promise<Pick<State, EditStore>> {
    const { db } = this;
    return this.#openEdits(await db.transaction('r', [db.outbox, db.kept, db.refused], () => this.#readEdits()));
  }

  #readEdits(): Promise<SeqRow[][]> {
    return Promise.all(EDIT_STORES.map((store) => this.db[store].toArray()));
  }

  #openEdits(rows: SeqRow[][]): Pick<State, EditStore> {
    const [outbox, kept, refused] = rows.map(
      (list) => new Map(list.map((row) => [row.seq, { ...this.codec.open<EditRow>(row.sealed), seq: row.seq }])),
    );
    return { outbox: outbox ?? new Map(), kept: kept ?? new Map(), refused: refused ?? new Map() };
  }

  async append(edit: Edit): Promise<number> {
    const sealed = this.codec.seal({ edit, ack: '', ackedAt: 0, hidden: false });
    const seq = await this.db.transaction('rw', this.db.outbox, () => this.db.outbox.add({ sealed } as SeqRow));
    return seq as number;
  }

  async nextCall(): Promise<number> {
    return this.db.transaction('rw', this.db.counters, async () => {
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
    return db.transaction('rw', db.tables, async () => {
      if (call !== null && (await db.counters.get('call'))?.value !== call) return false;
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

const keepRecord = (held: Held): KeptRecord => ({ wire: held.wire, streams: Object.fromEntries(held.streams) });

const openRecord = ({ wire, streams }: KeptRecord): Held => ({
  wire,
  record: fromWire(wire),
  streams: new Map(Object.entries(streams)),
});
