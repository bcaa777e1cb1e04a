/** Takes a vault, or the desk, off this device; the last one takes everything else of us along. */
import Dexie from 'dexie';
import { takeSign } from '../canary.ts';
import { send } from '../http.ts';
import { forgetIdentity } from '../identity.ts';
import { endWaking } from '../waking.ts';
import { inClear, removeVault } from './clear.ts';
import { areWordsLeft } from './desks.ts';

/** Removes a vault. Where nothing of anybody is left, the browser is asked to clear what it keeps of us: deleted rows stay on a disk. */
export async function leave(id: string): Promise<void> {
  await removeVault(id);
  await endWaking(id);
  await clearWhereEmpty();
}

/** Removes the desk and its copy. */
export async function leaveDesk(database: string): Promise<void> {
  await forgetIdentity();
  await Dexie.delete(database);
  await endWaking(database);
  await clearWhereEmpty();
}

async function clearWhereEmpty(): Promise<void> {
  if (!(await isEmpty())) return;
  takeSign();
  await send('POST', '/api/forget', {}, null);
}

/** Whether nobody has anything on this tablet: no vault, no desk, nothing in anybody's that has not left, nothing that was brought here. */
export const isEmpty = async (): Promise<boolean> => (await hasNobody()) && !(await areWordsLeft());

const hasNobody = (): Promise<boolean> =>
  inClear((clear) =>
    clear.transaction('r', clear.vaults, clear.identity, clear.carried, async () => {
      const carried = await clear.carried.filter(({ ack }) => ack === '').count();
      return (await clear.vaults.count()) + (await clear.identity.count()) + carried === 0;
    }),
  );
