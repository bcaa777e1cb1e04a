/** Makes vaults, and opens them for who knows the secret. */

import { toBase64 } from '../base64.ts';
import type { Codec } from '../codec.ts';
import { Database, isQuota } from '../schema.ts';
import { unboxedIn } from '../waiting.ts';
import { type Attempts, attempt, endless, NONE, triesLeft, type Verdict, WRONG_MAX, waited } from './attempts.ts';
import { randomBytes } from './bytes.ts';
import { calibrated } from './calibrate.ts';
import { changeVault, databaseOf, inClear, type Lock, type Tier, type VaultRow } from './clear.ts';
import { newVaultKey, unwrapped } from './keys.ts';
import type { askPasskey, Passkey } from './passkey.ts';
import { sealedBy } from './sealed.ts';
import { tidied } from './secrets.ts';
import type { Stretch } from './stretch.ts';

/** What the maker and opener of vaults needs of the browser. */
export interface Means {
  readonly stretch: Stretch;
  /** The secret of a passkey, `null` where somebody said no. */
  readonly ask: typeof askPasskey;
  /** A clock that nobody can set. */
  readonly clockMs: () => number;
}

export interface Chosen {
  readonly tier: Tier;
  readonly secret: string;
  readonly passkey?: { readonly passkey: Passkey; readonly secret: Uint8Array<ArrayBuffer> } | undefined;
}

/** How a vault opens from now on, and what seals its values. Nothing is kept yet. */
export async function newLock(vault: string, { tier, secret, passkey }: Chosen, means: Means): Promise<{ lock: Lock; codec: Codec }> {
  const salt = randomBytes(32);
  const cost = await calibrated(async (tried) => {
    const began = means.clockMs();
    await means.stretch(secret, salt, tried);
    return means.clockMs() - began;
  });
  const stretched = await means.stretch(tidied(secret), salt, cost);
  const { key, wrapped } = await newVaultKey({ vault, salt, stretched, passkey: passkey?.secret });
  return { lock: { tier, salt, cost, wrapped, passkey: passkey?.passkey ?? null }, codec: sealedBy(key, vault) };
}

export const newVaultId = (): string => toBase64(randomBytes(12));

/** Writes a vault down; from then on it is one of this tablet's. */
export const addVault = (row: VaultRow): Promise<unknown> => inClear((clear) => clear.vaults.put(row));

export type Unlocked =
  | { readonly kind: 'open'; readonly row: VaultRow; readonly codec: Codec }
  | { readonly kind: 'wrong'; readonly triesLeft: number; readonly waitMs: number }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'erased' };

const ERASED: Unlocked = { kind: 'erased' };

/** Tries a secret. The try is on the disk before the secret is looked at. */
export async function unlock(id: string, secret: string, means: Means): Promise<Unlocked> {
  const before = await inClear((clear) => clear.vaults.get(id));
  if (!before?.lock) return ERASED;
  const may = attempt(unwritten.get(id) ?? before.attempts);
  if (may.kind === 'wait') return may;
  const passkey = before.lock.passkey ? await means.ask(before.lock.passkey) : undefined;
  if (passkey === null) return { kind: 'cancelled' };

  const verdict = await count(id);
  if (verdict.kind === 'wait') return verdict;
  if (verdict.kind === 'erase') return erase(id);
  const { salt, cost, wrapped } = before.lock;
  const stretched = await means.stretch(tidied(secret), salt, cost);
  const key = await unwrapped(wrapped, { vault: id, salt, stretched, passkey });
  if (!key)
    return verdict.counted.wrong >= WRONG_MAX
      ? erase(id)
      : { kind: 'wrong', triesLeft: triesLeft(verdict.counted), waitMs: verdict.counted.waitMs };
  const attempts = await note(id, () => NONE);
  return attempts ? { kind: 'open', row: { ...before, attempts }, codec: sealedBy(key, id) } : ERASED;
}

/** What a disk without room cannot keep, this page does: nobody is locked out of their own words by a full disk. */
const unwritten = new Map<string, Attempts>();

/** Changes the attempts of a vault, on the disk where there is room. */
async function note(id: string, change: (attempts: Attempts) => Attempts): Promise<Attempts | undefined> {
  const here = unwritten.get(id);
  try {
    const row = await changeVault(id, (now) => ({ ...now, attempts: change(here ?? now.attempts) }));
    unwritten.delete(id);
    return row?.attempts;
  } catch (error) {
    if (!isQuota(error)) throw error;
    const row = await inClear((clear) => clear.vaults.get(id));
    if (row) unwritten.set(id, change(here ?? row.attempts));
    return unwritten.get(id);
  }
}

/** Counts a try, in one transaction: of two tabs that try at once, both are counted. */
async function count(id: string): Promise<Verdict> {
  let verdict: Verdict = { kind: 'erase' };
  await note(id, (attempts) => {
    verdict = attempt(attempts);
    return verdict.kind === 'try' ? verdict.counted : attempts;
  });
  return verdict;
}

async function erase(id: string): Promise<Unlocked> {
  const db = new Database(databaseOf(id));
  const bound = await unboxedIn(db).finally(() => db.close());
  const row = await changeVault(id, (now) => (bound > 0 ? { ...now, attempts: endless(now.attempts) } : { ...now, lock: null }));
  return row?.lock ? { kind: 'wait', waitMs: row.attempts.waitMs } : ERASED;
}

/** Takes the time that a lock screen was open off a delay; resolves with what is left of it. Only one tab at a time may call it. */
export async function waitedFor(id: string, ms: number): Promise<number> {
  if (ms <= 0) return (unwritten.get(id) ?? (await inClear((clear) => clear.vaults.get(id)))?.attempts)?.waitMs ?? 0;
  return (await note(id, (attempts) => waited(attempts, ms)))?.waitMs ?? 0;
}
