/** The tablet's databases: IndexedDB through Dexie, strict durability. Numbered versions; a step is never changed once released. */
import Dexie, { type EntityTable, type Table } from 'dexie';
import type { SealedEdit } from '../sync/wire.ts';

export interface Sealed {
  readonly sealed: Uint8Array;
}
export interface RecordRow extends Sealed {
  readonly id: string;
}
/** Of the records `ids` the marks and the values, opened at once (bundles.ts). */
export interface BundleRow extends Sealed {
  readonly first: string;
  readonly ids: readonly string[];
}
export interface SeqRow extends Sealed {
  readonly seq: number;
}
export interface NamedRow extends Sealed {
  readonly name: string;
}
export interface CounterRow {
  readonly name: string;
  readonly value: number;
}

/** An edit sealed to the server: it can leave while the vault is locked. */
export type Box = SealedEdit;

/** A box beside its row of the outbox. `ack`, `ackedAt`: as in `EditRow`; what was answered while the vault was locked waits here. */
export interface BoxRow {
  readonly seq: number;
  readonly box: Box;
  readonly ack: string;
  readonly ackedAt: number;
}

/** A row that could not be opened, set aside as it was found. */
export interface AsideRow extends Sealed {
  readonly store: string;
  readonly key: string | number;
}

export class Database extends Dexie {
  declare records: EntityTable<RecordRow, 'id'>;
  declare bundles: EntityTable<BundleRow, 'first'>;
  declare outbox: EntityTable<SeqRow, 'seq'>;
  declare kept: EntityTable<SeqRow, 'seq'>;
  declare refused: EntityTable<SeqRow, 'seq'>;
  declare streams: EntityTable<NamedRow, 'name'>;
  declare meta: EntityTable<NamedRow, 'name'>;
  declare drafts: EntityTable<NamedRow, 'name'>;
  declare counters: EntityTable<CounterRow, 'name'>;
  declare boxes: EntityTable<BoxRow, 'seq'>;
  declare quarantine: Table<AsideRow, number>;

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
    this.version(2).stores({ boxes: 'seq', quarantine: '++' });
    this.version(3); // the same rows: the desk's are sealed from here on, and an older app must not write beside that
    this.version(4).stores({ bundles: 'first, *ids' }); // an older app would change records and leave their bundles
  }
}

export const EDIT_STORES = ['outbox', 'kept', 'refused'] as const;

/** Dexie wraps what the browser threw, once or more. */
export function isQuota(error: unknown): boolean {
  for (let one = error as { name?: string; inner?: unknown } | undefined; one; one = one.inner as typeof one) {
    if (one.name === 'QuotaExceededError') return true;
  }
  return false;
}
