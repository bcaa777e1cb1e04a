/** Opens rows of the disk. What was changed, swapped or damaged is set aside; the app goes on without it, and asks the server again. */
import { fromWire } from '../sync/wire.ts';
import { type Codec, Tampered } from './codec.ts';
import { digestOf, rememberDigest } from './digests.ts';
import { type EditRow, emptyState, type Held, type KeptRecord, type Meta, type State, type StreamRow } from './disk.ts';
import type { AsideRow, BoxRow, CounterRow, NamedRow, RecordRow, SeqRow } from './schema.ts';

/** All rows but records, as they lie on the disk. */
export interface Rows {
  readonly call: CounterRow | undefined;
  readonly meta: NamedRow | undefined;
  readonly streams: readonly NamedRow[];
  readonly boxes: readonly BoxRow[];
  readonly outbox: readonly SeqRow[];
  readonly kept: readonly SeqRow[];
  readonly refused: readonly SeqRow[];
}

export const keepRecord = (held: Held): KeptRecord => ({
  wire: held.wire,
  streams: Object.fromEntries(held.streams),
  digest: digestOf(held.record),
});

function holding({ wire, streams, digest }: KeptRecord): Held {
  const record = fromWire(wire);
  if (digest) rememberDigest(record, digest);
  return { wire, record, streams: new Map(Object.entries(streams)) };
}

export class Opening {
  readonly aside: AsideRow[] = [];
  readonly #codec: Codec;

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  /** The value of a row, or `undefined` where it was tampered with. */
  async #open<T>(store: string, key: string | number, sealed: Uint8Array): Promise<T | undefined> {
    try {
      return await this.#codec.open<T>(store, key, sealed);
    } catch (error) {
      if (!(error instanceof Tampered)) throw error;
      console.error('disk', error.message);
      this.aside.push({ store, key, sealed });
      return undefined;
    }
  }

  /** Records by id: those of the rows, and what was bundled. */
  async records(rows: readonly RecordRow[], bundled: ReadonlyMap<string, KeptRecord> = new Map()): Promise<Map<string, Held>> {
    const opened = await Promise.all(rows.map((row) => this.#open<KeptRecord>('records', row.id, row.sealed)));
    const held = new Map<string, Held>();
    for (const [id, kept] of bundled) held.set(id, holding(kept));
    for (const [i, kept] of opened.entries()) if (kept) held.set(rows[i]?.id ?? '', holding(kept));
    return held;
  }

  async rest(rows: Rows): Promise<Omit<State, 'records'>> {
    const meta = rows.meta && (await this.#open<Partial<Meta>>('meta', 'meta', rows.meta.sealed));
    const streams = await Promise.all(rows.streams.map((row) => this.#open<StreamRow>('streams', row.name, row.sealed)));
    const boxes = new Map(rows.boxes.map((row) => [row.seq, row.box]));
    const outbox = await this.#edits('outbox', rows.outbox);
    for (const [seq, row] of outbox) {
      const box = boxes.get(seq);
      if (box) outbox.set(seq, { ...row, box });
    }
    return {
      call: rows.call?.value ?? 0,
      // A row of an older version may lack what came later.
      meta: { ...emptyState().meta, ...meta },
      streams: new Map(streams.flatMap((row) => (row ? [[row.name, row] as const] : []))),
      outbox,
      kept: await this.#edits('kept', rows.kept),
      refused: await this.#edits('refused', rows.refused),
    };
  }

  async #edits(store: string, rows: readonly SeqRow[]): Promise<Map<number, EditRow>> {
    const opened = await Promise.all(rows.map(({ seq, sealed }) => this.#open<EditRow>(store, seq, sealed)));
    return new Map(opened.flatMap((row, i) => (row ? [[rows[i]?.seq ?? 0, { ...row, seq: rows[i]?.seq ?? 0 }] as const] : [])));
  }

  /** Streams that are read again from 0, where something of the server's had to be set aside. */
  streamsAgain(state: Pick<State, 'streams'>, held: Iterable<Held>): StreamRow[] {
    if (!this.aside.some(({ store }) => store === 'records' || store === 'streams')) return [];
    // A round that came later than all that is here: what a lost row of a stream knew.
    const rounds = new Map<string, number>();
    for (const { streams } of held) for (const [name, round] of streams) rounds.set(name, Math.max(round, rounds.get(name) ?? 0));
    for (const { name, round } of state.streams.values()) rounds.set(name, Math.max(round, rounds.get(name) ?? 0));
    return [...rounds].map(([name, round]) => ({ name, cursor: 0, round }));
  }
}
