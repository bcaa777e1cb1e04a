/**
 * What stands on this tablet in clear: which vaults there are and how each is opened. Random ids, costs, wrapped keys,
 * counters, the courier's token; no name, no role, no word of anybody.
 */
import Dexie, { type EntityTable } from 'dexie';
import { isLeft } from '../canary.ts';
import type { Box, NamedRow } from '../schema.ts';
import type { Cost } from './argon.ts';
import type { Attempts } from './attempts.ts';
import type { Wrapped } from './keys.ts';
import type { Passkey } from './passkey.ts';

/** How somebody unlocks: a PIN and this device's passkey, a passphrase, or (where the organisation allowed it) a PIN alone. */
export type Tier = 'passkey' | 'passphrase' | 'pin';

/** What it takes to open a vault. */
export interface Lock {
  readonly tier: Tier;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly cost: Cost;
  readonly wrapped: Wrapped;
  readonly passkey: Passkey | null;
}

export interface VaultRow {
  readonly id: string;
  /** What its worker chose to recognise it by: an animal, never a name. */
  readonly face: string;
  /** Opens nothing but the way out: it brings sealed edits and reads nothing. '' while the server knows of no vault here. */
  readonly courier: string;
  /** The token that reads, sealed by the vault's key. */
  readonly token: Uint8Array<ArrayBuffer>;
  /** When the server was last heard, by this tablet's clock. */
  readonly contactAt: number;
  /** The read copy was dropped and has not come back. */
  readonly isEmptied: boolean;
  /** `null`: erased after ten wrong tries. What it had to send still leaves. */
  readonly lock: Lock | null;
  readonly attempts: Attempts;
  /** `filling` from a database of before vaults, or `waiting` for a coordinator: nobody's yet. */
  readonly stage: 'filling' | 'waiting' | 'ready';
  /** The four words of one that waits: they are the same after the page was loaded again. */
  readonly words?: readonly string[];
  /** A number of this tablet, the same in all its vaults: it is revoked as one. Older ones have none. */
  readonly tablet?: string;
  /** The database it was filled from, until that is deleted; else ''. */
  readonly replaces: string;
}

/** A sealed edit of another tablet, brought here in a file. */
export interface CarriedRow {
  readonly name: string;
  readonly box: Box;
  readonly ack: string;
}

/** Whom the pushes that come to this browser are for: a vault, or the desk. */
export interface WakingRow {
  readonly owner: string;
  /** The address that the server has for it. */
  readonly endpoint: string;
  /** Of what is shown. */
  readonly language: string;
  /** The push key it was made with: the service worker renews with it. */
  readonly key?: string;
  /** It was chosen since the server was told. */
  readonly isUntold?: boolean;
  /** As which one of its devices the server was told: a desk is another one with each session. */
  readonly device?: string;
}

export class Clear extends Dexie {
  /** Who is signed in without a vault: the desk, and tablets of before vaults. */
  declare identity: EntityTable<NamedRow, 'name'>;
  declare vaults: EntityTable<VaultRow, 'id'>;
  declare carried: EntityTable<CarriedRow, 'name'>;
  declare waking: EntityTable<WakingRow, 'owner'>;

  constructor() {
    super('onthaal', { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ identity: 'name' });
    this.version(2).stores({ vaults: 'id', carried: 'name' });
    this.version(3).stores({ waking: 'owner' });
  }
}

/**
 * Does something in the clear, and closes it: an open one would hold up a newer version of the app. Not while the browser clears
 * what it keeps of us (leaving.ts): who opens a database then waits for ever in Chromium 156, and so does whoever comes after.
 */
export function inClear<T>(act: (clear: Clear) => PromiseLike<T>): Promise<T> {
  const isClearing = typeof document !== 'undefined' && isLeft(); // the service worker has no cookies, and looks at pushes alone
  return isClearing ? navigator.locks.request(CLEARING, { mode: 'shared' }, () => opened(act)) : opened(act);
}

async function opened<T>(act: (clear: Clear) => PromiseLike<T>): Promise<T> {
  const clear = new Clear();
  try {
    return await act(clear);
  } finally {
    clear.close();
  }
}

/** The name of the lock of whoever has the browser clear what it keeps. */
export const CLEARING = 'onthaal-clearing';

export const databaseOf = (vault: string): string => `vault-${vault}`;

/** Those that are somebody's, in the order of their faces: the order tells nothing about anybody. */
export const ready = (rows: readonly VaultRow[]): VaultRow[] =>
  rows.filter((row) => row.stage === 'ready').sort((one, two) => (one.face + one.id < two.face + two.id ? -1 : 1));

/** The vaults of this tablet. */
export const vaults = async (): Promise<VaultRow[]> => ready(await inClear((clear) => clear.vaults.toArray()));

/** The number of this tablet, as its vaults say; a new one where none does. */
export const tabletHere = async (fresh: string): Promise<string> =>
  (await inClear((clear) => clear.vaults.toArray())).find((row) => row.tablet)?.tablet ?? fresh;

/** The vault here that waits until a coordinator compared its words; there is one at most. */
export const waitingVault = async (): Promise<VaultRow | undefined> =>
  (await inClear((clear) => clear.vaults.toArray())).find((row) => row.stage === 'waiting');

/** Changes a vault's row in one transaction; resolves with the new row. `change` awaits nothing. */
export const changeVault = (id: string, change: (row: VaultRow) => VaultRow): Promise<VaultRow | undefined> =>
  inClear((clear) =>
    clear.transaction('rw', clear.vaults, async () => {
      const row = await clear.vaults.get(id);
      if (!row) return undefined;
      const changed = change(row);
      await clear.vaults.put(changed);
      return changed;
    }),
  );

/** Removes a vault and all that is in it. The row goes last: a tablet that stops half-way knows what is left to do. */
export async function removeVault(id: string): Promise<void> {
  await Dexie.delete(databaseOf(id));
  await inClear((clear) => clear.vaults.delete(id));
}
