/** What a move that was stopped half-way left behind (moving.ts). */
import Dexie from 'dexie';
import { databaseOf, inClear, type VaultRow } from './clear.ts';

/** Whether a move was stopped half-way, or is under way in another tab. */
export const isHalfMoved = ({ stage, replaces }: VaultRow): boolean => stage === 'filling' || replaces !== '';

/** Ends what a move that was stopped left behind. Called before anybody unlocks. */
export async function endMoves(): Promise<void> {
  for (const row of await inClear((clear) => clear.vaults.toArray())) {
    if (row.stage === 'filling') {
      await Dexie.delete(databaseOf(row.id));
      await inClear((clear) => clear.vaults.delete(row.id));
    } else if (row.replaces) {
      await Dexie.delete(row.replaces);
      await inClear((clear) => clear.vaults.update(row.id, { replaces: '' }));
    }
  }
}
