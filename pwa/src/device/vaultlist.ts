/** The vaults of this tablet, as anybody sees them who takes it up. */
import { Database } from './schema.ts';
import type { Vault } from './types.ts';
import { triesLeft } from './vault/attempts.ts';
import { databaseOf, vaults } from './vault/clear.ts';
import { unboxedIn, waitingIn } from './waiting.ts';

/** The vaults of this tablet as its lock screen shows them: nobody's name. */
export async function vaultsHere(): Promise<Vault[]> {
  return Promise.all(
    (await vaults()).map(async ({ id, face, lock, attempts }) => {
      const db = new Database(databaseOf(id));
      const [waiting, unboxed] = await Promise.all([waitingIn(db), unboxedIn(db)]).finally(() => db.close());
      const bound = Math.min(unboxed, waiting);
      return { id, face, tier: lock?.tier ?? null, waiting, bound, waitMs: attempts.waitMs, triesLeft: triesLeft(attempts) };
    }),
  );
}
