/** The vaults of this tablet, as anybody sees them who takes it up. */
import { Database } from './schema.ts';
import type { Vault } from './types.ts';
import { triesLeft } from './vault/attempts.ts';
import { databaseOf, type VaultRow, vaults } from './vault/clear.ts';
import { unboxedIn, waitingIn } from './waiting.ts';

/** Vaults as the lock screen shows them: nobody's name. */
export async function shown(rows: readonly VaultRow[]): Promise<Vault[]> {
  return Promise.all(
    rows.map(async ({ id, face, lock, attempts }) => {
      const db = new Database(databaseOf(id));
      const [waiting, unboxed] = await Promise.all([waitingIn(db), unboxedIn(db)]).finally(() => db.close());
      const bound = Math.min(unboxed, waiting);
      return { id, face, tier: lock?.tier ?? null, waiting, bound, waitMs: attempts.waitMs, triesLeft: triesLeft(attempts) };
    }),
  );
}

/** The vaults of this tablet, as its lock screen shows them. */
export const vaultsHere = async (): Promise<Vault[]> => shown(await vaults());
