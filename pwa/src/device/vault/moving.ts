/**
 * A tablet of before vaults moves in: everything that lies in clear is written again, sealed, and nothing of it is lost.
 *
 *     1 a vault that is nobody's yet    2 all rows, sealed, in one transaction
 *     3 in one transaction: the vault is its worker's, and who was signed in without one is forgotten
 *     4 the database in clear is deleted
 *
 * Stopped before 3, the tablet is as it was, and the half-filled vault goes at the next start; stopped after 3, only 4 is left.
 */
import { type Codec, plain } from '../codec.ts';
import { type Identity, KEY, rememberedIdentity } from '../identity.ts';
import { type CounterRow, Database, EDIT_STORES } from '../schema.ts';
import { databaseOf, inClear, type VaultRow } from './clear.ts';
import { unregisteredOf } from './credentials.ts';
import { clearDatabaseOf } from './desks.ts';
import { makeMemberKey } from './memberkey.ts';
import { sealMembership } from './membership.ts';
import { endMoves } from './moves.ts';

/** Another tab moved in meanwhile. */
export class AlreadyMoved extends Error {}

const SEALED = [...EDIT_STORES, 'records', 'streams', 'meta', 'drafts'] as const;

interface Moved {
  readonly rows: readonly (readonly [store: string, rows: readonly object[]])[];
  readonly counters: readonly CounterRow[];
}

/** Fills a vault with what a member's database in clear holds, and makes it theirs. `row` is the vault's, ready but for this. */
export async function moveIn(identity: Identity, row: VaultRow, codec: Codec): Promise<void> {
  const old = clearDatabaseOf(identity.me.member);
  if (!(await rememberedIdentity())) throw new AlreadyMoved('another tab was quicker');
  await inClear((clear) => clear.vaults.put({ ...row, stage: 'filling' }));
  const db = new Database(databaseOf(row.id));
  // Its second version closes the tabs in which an older app is still open: nobody writes there any more.
  const from = new Database(old);
  try {
    const pair = await makeMemberKey();
    const signing = await crypto.subtle.exportKey('jwk', pair.privateKey);
    const unregistered = await unregisteredOf(pair);
    const membership = await sealMembership(codec, { me: identity.me, signing, transport: null, unregistered });
    const { rows, counters } = await sealedRows(from, codec);
    await db.transaction('rw', db.tables, async () => {
      for (const [store, sealed] of rows) await db.table(store).bulkPut([...sealed]);
      await db.counters.bulkPut([...counters]);
      await db.meta.put(membership);
    });
  } finally {
    from.close();
    db.close();
  }
  await inClear((clear) =>
    clear.transaction('rw', [clear.vaults, clear.identity], async () => {
      await clear.vaults.put({ ...row, stage: 'ready', replaces: old });
      await clear.identity.delete(KEY);
    }),
  );
  await endMoves();
}

/** All that lies in clear, sealed. */
export async function sealedRows(from: Database, codec: Codec): Promise<Moved> {
  const read = await from.transaction('r', from.tables, async () => ({
    stores: await Promise.all(SEALED.map((store) => from.table(store).toArray())),
    counters: await from.counters.toArray(),
  }));
  const rows = await Promise.all(SEALED.map(async (store, i) => [store, await sealAll(store, read.stores[i] ?? [], codec)] as const));
  const last = Math.max(
    0,
    ...EDIT_STORES.flatMap((store, i) => [store, ...(read.stores[i] ?? []).map((row) => row.seq)]).filter(Number.isFinite),
  );
  const counted = read.counters.some(({ name }) => name === 'seq') ? [] : [{ name: 'seq', value: last }];
  return { rows, counters: [...read.counters, ...counted] };
}

const sealAll = (store: string, rows: readonly Record<string, unknown>[], codec: Codec): Promise<object[]> =>
  Promise.all(
    rows.map(async ({ sealed, ...clear }) => {
      const key = String(clear.id ?? clear.seq ?? clear.name);
      return { ...clear, sealed: await codec.seal(store, key, await plain.open(store, key, sealed as Uint8Array)) };
    }),
  );
