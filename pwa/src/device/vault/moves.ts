/** What a move that was stopped half-way left behind (moving.ts). */
import Dexie from 'dexie';
import { databaseOf, inClear } from './clear.ts';

/** Ends what a move that was stopped left behind. Called at every start, before anybody unlocks. */
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
