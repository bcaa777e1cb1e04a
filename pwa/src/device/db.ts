/**
 * The tablet's disk: rows of IndexedDB, sealed by a codec; changed by patches, each in one transaction.
 * A transaction awaits nothing but the database: IndexedDB commits while anything else is awaited.
 */
import type { Table } from 'dexie';
import type { Edit } from '../sync/edits.ts';
import { dropBundlesOf, openBundles, readRecords } from './bundles.ts';
import { type Codec, Tampered } from './codec.ts';
import { type Disk, DiskFull, type EditRow, type Patch, type Some, type State } from './disk.ts';
import { carry } from './lost.ts';
import { keepRecord, Opening, type Rows } from './opening.ts';
import { type AsideRow, type Box, type BoxRow, type Database, EDIT_STORES, isQuota } from './schema.ts';

/** Seals an edit to the server, so that it can leave while the vault is locked; `null` where that is not possible yet. */
export type Boxer = (edit: Edit) => Promise<Box | null>;

const unboxed: Boxer = async () => null;
const ENDED = 'ended'; // a counter that is there from when a database is about to be deleted

export class IndexedDisk implements Disk {
  readonly db: Database;
  readonly codec: Codec;
  readonly #boxer: Boxer;
  #seq = 0;

  constructor(db: Database, codec: Codec, boxer: Boxer = unboxed) {
    this.db = db;
    this.codec = codec;
    this.#boxer = boxer;
  }

  async load(): Promise<State> {
    const { db } = this;
    const [records, rows] = await db.transaction('r', db.tables, () => Promise.all([readRecords(db), this.#readRows()]));
    const bundled = await openBundles(records.bundles, this.codec).catch((error: unknown) => this.#withoutBundles(error));
    if (!bundled) return this.load();
    const opening = new Opening(this.codec);
    const state = { ...(await opening.rest(rows)), records: await opening.records(records.rows, bundled) };
    await this.#mend(opening, state);
    return state;
  }

  /** Nothing is lost with bundles that somebody changed: the records lie in rows of their own. */
  async #withoutBundles(error: unknown): Promise<null> {
    if (!(error instanceof Tampered)) throw error;
    console.error('disk', error.message);
    await this.db.bundles.clear();
    return null;
  }

  async loadSome(ids: readonly string[]): Promise<Some> {
    const { db } = this;
    const [records, rows] = await db.transaction('r', db.tables, () => Promise.all([db.records.bulkGet([...ids]), this.#readRows()]));
    const opening = new Opening(this.codec);
    const held = await opening.records(records.filter((row) => row !== undefined));
    const state = { ...(await opening.rest(rows)), records: held };
    await this.#mend(opening, state);
    return { ...state, records: new Map(ids.map((id) => [id, held.get(id) ?? null])) };
  }

  /** All rows but records, still sealed: nothing is opened while a transaction runs. */
  async #readRows(): Promise<Rows> {
    const { db } = this;
    const [call, meta, streams, boxes, outbox, kept, refused] = await Promise.all([
      db.counters.get('call'),
      db.meta.get('meta'),
      db.streams.toArray(),
      db.boxes.toArray(),
      db.outbox.toArray(),
      db.kept.toArray(),
      db.refused.toArray(),
    ]);
    return { call, meta, streams, boxes, outbox, kept, refused };
  }

  /** Sets aside what could not be opened; what came from the server is asked for again. */
  async #mend(opening: Opening, state: State): Promise<void> {
    const { db, codec } = this;
    if (opening.aside.length === 0) return;
    const again = opening.streamsAgain(state, state.records.values());
    for (const row of again) state.streams.set(row.name, row);
    // What waits and cannot be read any more was sealed to the server when it was written: that leaves with what others brought here.
    const lost = (await db.boxes.bulkGet(opening.aside.flatMap(({ store, key }) => (store === 'outbox' ? [Number(key)] : []))))
      .filter((row) => row?.ack === '')
      .map((row) => row as BoxRow);
    await carry(lost.map(({ box }) => box));
    const streams = await Promise.all(again.map(async (row) => ({ name: row.name, sealed: await codec.seal('streams', row.name, row) })));
    await this.#writing(db.tables, async () => {
      await Promise.all(opening.aside.map((row) => this.#setAside(row)));
      await db.boxes.bulkDelete(lost.map(({ seq }) => seq));
      await db.streams.bulkPut(streams);
    });
  }

  async #setAside(row: AsideRow): Promise<void> {
    await this.db.quarantine.add(row);
    await this.db.table(row.store).delete(row.key);
  }

  async append(edit: Edit): Promise<EditRow> {
    const { db, codec } = this;
    const row = { edit, ack: '', ackedAt: 0, hidden: false };
    const box = await this.#boxer(edit);
    this.#seq ||= await this.#lastSeq();
    for (;;) {
      const seq = this.#seq + 1;
      const sealed = await codec.seal('outbox', seq, row);
      const taken = await this.#writing([db.outbox, db.kept, db.refused, db.boxes, db.counters], async () => {
        if (await db.counters.get(ENDED)) throw new Error('nothing is kept in what is being deleted');
        const last = await this.#lastSeq();
        if (last >= seq) return last;
        await db.outbox.add({ seq, sealed });
        if (box) await db.boxes.put({ seq, box, ack: '', ackedAt: 0 });
        await db.counters.put({ name: 'seq', value: seq });
        return null;
      });
      this.#seq = taken ?? seq;
      if (taken === null) return { seq, ...row, ...(box && { box }) };
      // Sealed for a place that another tab took meanwhile: once more, for the next one.
    }
  }

  /** The place of the newest edit of any tab. */
  lastSeq(): Promise<number> {
    return this.db.transaction('r', this.db.tables, () => this.#lastSeq());
  }

  /** Keeps no edit from now on, in any tab, if `seq` is still the newest; resolves whether it is. */
  end(seq: number): Promise<boolean> {
    return this.#writing([this.db.outbox, this.db.kept, this.db.refused, this.db.counters], async () => {
      if ((await this.#lastSeq()) !== seq) return false;
      await this.db.counters.put({ name: ENDED, value: 1 });
      return true;
    });
  }

  /** Takes edits again: it was stopped before it was deleted. */
  async begin(): Promise<void> {
    if (await this.db.counters.get(ENDED)) await this.db.counters.delete(ENDED);
  }

  async #lastSeq(): Promise<number> {
    const { db } = this;
    const counted = (await db.counters.get('seq'))?.value;
    if (counted !== undefined) return counted;
    const last = await Promise.all(EDIT_STORES.map((store) => db[store].toCollection().lastKey()));
    return Math.max(0, ...last.map(Number).filter(Number.isFinite));
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
    const records = await split(patch.records, async (id, held) => ({ id, sealed: await codec.seal('records', id, keepRecord(held)) }));
    const streams = await split(patch.streams, async (name, row) => ({ name, sealed: await codec.seal('streams', name, row) }));
    const edits = await Promise.all(EDIT_STORES.map((store) => split(patch[store], (seq, row) => this.#editRow(store, seq, row))));
    const meta = patch.meta && { name: 'meta', sealed: await codec.seal('meta', 'meta', patch.meta) };
    const boxes = followed(patch.outbox);
    return this.#writing(db.tables, async () => {
      if (call !== null && ((await db.counters.get('call'))?.value ?? 0) !== call) return false;
      if (meta) await db.meta.put(meta);
      await dropBundlesOf(db, [...patch.records.keys()]);
      await Promise.all([
        db.records.bulkPut(records.put),
        db.records.bulkDelete(records.gone),
        db.streams.bulkPut(streams.put),
        db.streams.bulkDelete(streams.gone),
        ...EDIT_STORES.flatMap((store, i) => [db[store].bulkPut(edits[i]?.put ?? []), db[store].bulkDelete(edits[i]?.gone ?? [])]),
        db.boxes.bulkPut(boxes.put),
        db.boxes.bulkDelete(boxes.gone),
      ]);
      return true;
    });
  }

  async #editRow(store: string, seq: number, { box: _, ...row }: EditRow): Promise<{ seq: number; sealed: Uint8Array<ArrayBuffer> }> {
    return { seq, sealed: await this.codec.seal(store, seq, row) };
  }

  /** Seals edits that wait to the server: those that had no box, or one of an older key. Resolves whether any was sealed. */
  async box(rows: readonly EditRow[]): Promise<boolean> {
    const { db } = this;
    const sealed = await Promise.all(rows.map(async ({ seq, edit }) => ({ seq, box: await this.#boxer(edit), ack: '', ackedAt: 0 })));
    const fresh = sealed.filter((row): row is BoxRow => row.box !== null);
    if (fresh.length === 0) return false;
    await this.#writing([db.outbox, db.boxes], async () => {
      const waits = new Set(await db.outbox.toCollection().primaryKeys());
      for (const { seq, ack } of await db.boxes.toArray()) if (ack !== '') waits.delete(seq);
      await db.boxes.bulkPut(fresh.filter(({ seq }) => waits.has(seq)));
    });
    return true;
  }

  /** What was answered while the vault was locked. */
  async answers(): Promise<readonly BoxRow[]> {
    return this.db.boxes.filter((row) => row.ack !== '').toArray();
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

/** A box says what its row says, and goes with it. */
function followed(outbox: Patch['outbox']): { put: BoxRow[]; gone: number[] } {
  const put: BoxRow[] = [];
  const gone: number[] = [];
  for (const [seq, row] of outbox) {
    if (row === null) gone.push(seq);
    else if (row.box) put.push({ seq, box: row.box, ack: row.ack, ackedAt: row.ackedAt });
  }
  return { put, gone };
}

async function split<K, V, R>(changes: ReadonlyMap<K, V | null>, row: (key: K, value: V) => Promise<R>): Promise<{ put: R[]; gone: K[] }> {
  const put: Promise<R>[] = [];
  const gone: K[] = [];
  for (const [key, value] of changes) {
    if (value === null) gone.push(key);
    else put.push(row(key, value));
  }
  return { put: await Promise.all(put), gone };
}
