/** The vaults of this tablet, as anybody sees them who takes it up. */
import { Database } from './schema.ts';
import type { Vault } from './types.ts';
import { triesLeft } from './vault/attempts.ts';
import { databaseOf, type VaultRow, vaults } from './vault/clear.ts';
import { unboxedIn, waitingIn } from './waiting.ts';

/** A vault as the lock screen shows it first: nobody's name, and what waits in it not counted yet. */
export const faceOf = ({ id, face, lock, attempts }: VaultRow): Vault => ({
  id,
  face,
  tier: lock?.tier ?? null,
  waiting: 0,
  bound: 0,
  waitMs: attempts.waitMs,
  triesLeft: triesLeft(attempts),
});

/** The vaults of this tablet, with what waits in each. */
export const vaultsHere = async (): Promise<Vault[]> =>
  Promise.all(
    (await vaults()).map(async (row) => {
      const db = new Database(databaseOf(row.id));
      const [waiting, unboxed] = await Promise.all([waitingIn(db), unboxedIn(db)]).finally(() => db.close());
      return { ...faceOf(row), waiting, bound: Math.min(unboxed, waiting) };
    }),
  );
