/** Which screen comes first: who is signed in here, and the vaults that wait for their workers. */
import { hasSign, leaveSign } from './canary.ts';
import { type Identity, KEY, openIdentity } from './identity.ts';
import type { Vault } from './types.ts';
import { inClear, ready, type VaultRow } from './vault/clear.ts';
import { dropStale, isStale } from './vault/contact.ts';
import { endMoves, isHalfMoved } from './vault/moves.ts';
import { faceOf } from './vaultlist.ts';

export interface Beginning {
  readonly identity: Identity | null;
  readonly vaults: readonly Vault[];
  /** The four words of a tablet that waits for a coordinator. */
  readonly waits: readonly string[] | null;
  /** Somebody worked here, and the browser threw away all of it. */
  readonly lost: boolean;
}

interface Here {
  readonly rows: VaultRow[];
  readonly signedIn: { name: string; sealed: Uint8Array } | undefined;
}

const LOOKS_MAX = 5;
const LOOK_MS = 4_000; // a slow tablet opens what it has in one
const AGAIN_MS = 200;

/** Ends what was stopped half-way, drops what was alone for too long, and tells what is here. Throws where the disk is broken for good. */
export async function begin(nowMs: number): Promise<Beginning> {
  let { rows, signedIn } = await look();
  const isHalf = rows.some(isHalfMoved);
  const isOld = rows.some((row) => isStale(row, nowMs));
  if (isHalf) await navigator.locks.request('onthaal-moving', endMoves);
  if (isOld) await dropStale(nowMs).catch((error: unknown) => console.error('read copies', error));
  if (isHalf || isOld) ({ rows, signedIn } = await look());
  const identity = await openIdentity(signedIn);
  const vaults = ready(rows).map(faceOf); // what waits in them is counted when their faces are seen
  const isUsed = rows.length > 0 || signedIn !== undefined;
  if (ready(rows).length > 0) leaveSign();
  return { lost: !isUsed && hasSign(), identity, vaults, waits: rows.find(({ stage }) => stage === 'waiting')?.words ?? null };
}

/**
 * One look: opening a database costs a slow tablet more than reading it. A browser that is clearing what it keeps of us
 * (vault/leaving.ts) closes databases under whoever looks into them, and may let them wait for ever; it is soon done.
 */
async function look(): Promise<Here> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await Promise.race([lookOnce(), late(LOOK_MS)]);
    } catch (error) {
      if (tries === LOOKS_MAX) throw error;
      await pause(AGAIN_MS);
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const late = (ms: number): Promise<never> => pause(ms).then(() => Promise.reject(new Error('the disk does not answer')));

const lookOnce = (): Promise<Here> =>
  inClear(async (clear) => {
    const [rows, signedIn] = await Promise.all([clear.vaults.toArray(), clear.identity.get(KEY)]);
    return { rows, signedIn };
  });
