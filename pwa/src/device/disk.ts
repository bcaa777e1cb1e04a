/**
 * What a device keeps, and how: rows of a few stores, changed by patches, each in one transaction.
 *
 *     outbox ──ok──→ outbox, answered ──complete reply──→ kept (30 days, offered again after a restore)
 *        ├──parked──→ kept, with its answer              records: the server's, with the streams that hold them
 *        └──refused─→ refused, until somebody deals with it
 *
 * Two disks: Dexie (db.ts) and memory (memory.ts, for the simulator: it can be set back to an older state).
 */
import type { Digest } from '../sync/digest.ts';
import type { Edit, SyncRecord } from '../sync/edits.ts';
import type { WireRecord } from '../sync/wire.ts';
import type { Box } from './schema.ts';

/** An edit of this device. `seq` is the order in which edits were written here. */
export interface EditRow {
  readonly seq: number;
  readonly edit: Edit;
  /** '' waits; else the server's answer: 'ok', 'parked <code>', 'refused <code>'. */
  readonly ack: string;
  /** The server's now at the answer, ms; 0 while it waits. */
  readonly ackedAt: number;
  /** Its record left this device: it is sent, and not shown. */
  readonly hidden: boolean;
  /** The same, sealed to the server; it lies beside the row, not in it. */
  readonly box?: Box;
}

/** A record of the server's. `streams`: through which streams it is here, and in which round of reading it came. */
export interface Held {
  readonly wire: WireRecord;
  readonly record: SyncRecord;
  readonly streams: ReadonlyMap<string, number>;
}

/** The same as it lies on a disk. */
export interface KeptRecord {
  readonly wire: WireRecord;
  readonly streams: Readonly<Record<string, number>>;
  readonly digest?: Digest;
}

export interface StreamRow {
  readonly name: string;
  readonly cursor: number;
  readonly round: number;
}

/** `repairedAt`, `syncedAt`: the server's now at the last re-reading and at the last complete reply; 0 for never. */
export interface Meta {
  readonly epoch: string;
  readonly repairedAt: number;
  readonly syncedAt: number;
}

/** What changes together. `null` removes. */
export interface Patch {
  meta?: Meta;
  readonly streams: Map<string, StreamRow | null>;
  readonly records: Map<string, Held | null>;
  readonly outbox: Map<number, EditRow | null>;
  readonly kept: Map<number, EditRow | null>;
  readonly refused: Map<number, EditRow | null>;
}

/** Everything a device keeps, in memory. `call`: the newest number of a call that this memory knows of. */
export interface State {
  call: number;
  meta: Meta;
  readonly streams: Map<string, StreamRow>;
  readonly records: Map<string, Held>;
  readonly outbox: Map<number, EditRow>;
  readonly kept: Map<number, EditRow>;
  readonly refused: Map<number, EditRow>;
}

/** All that a device keeps but its records, and of these some; `null` is not there. */
export interface Some extends Omit<State, 'records'> {
  readonly records: ReadonlyMap<string, Held | null>;
}

/** Nothing was kept: the browser has no room left. */
export class DiskFull extends Error {}

/** Whatever writes may throw `DiskFull`. */
export interface Disk {
  load(): Promise<State>;
  /** What another tab may have changed. */
  loadSome(records: readonly string[]): Promise<Some>;
  /** Adds an edit that waits; resolves with its row when it is on the disk. */
  append(edit: Edit): Promise<EditRow>;
  /** Takes the next number of a call. */
  nextCall(): Promise<number>;
  /** Applies a patch if `call` is still the newest number (`null`: always); resolves whether it did. */
  commit(patch: Patch, call: number | null): Promise<boolean>;
}

export const emptyPatch = (): Patch => ({
  streams: new Map(),
  records: new Map(),
  outbox: new Map(),
  kept: new Map(),
  refused: new Map(),
});

export const emptyState = (): State => ({
  call: 0,
  meta: { epoch: '', repairedAt: 0, syncedAt: 0 },
  streams: new Map(),
  records: new Map(),
  outbox: new Map(),
  kept: new Map(),
  refused: new Map(),
});

/** Changes a state by a patch, as the disk did. */
export function applyPatch(state: State, patch: Patch): void {
  if (patch.meta) state.meta = patch.meta;
  merge(state.streams, patch.streams);
  merge(state.records, patch.records);
  merge(state.outbox, patch.outbox);
  merge(state.kept, patch.kept);
  merge(state.refused, patch.refused);
}

function merge<K, V>(into: Map<K, V>, changes: ReadonlyMap<K, V | null>): void {
  for (const [key, value] of changes) {
    if (value === null) into.delete(key);
    else into.set(key, value);
  }
}
