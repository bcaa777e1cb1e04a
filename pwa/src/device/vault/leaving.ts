/** Takes a vault, or the desk, off this device; the last one takes everything else of us along. */
import Dexie from 'dexie';
import { takeSign } from '../canary.ts';
import { send } from '../http.ts';
import { forgetIdentity } from '../identity.ts';
import { DESK, endWaking } from '../waking.ts';
import { inClear, removeVault } from './clear.ts';

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
  await endWaking(DESK);
  await clearWhereEmpty();
}

async function clearWhereEmpty(): Promise<void> {
  if (!(await isEmpty())) return;
  takeSign();
  await send('POST', '/api/forget', {}, null);
}

/** Whether nobody has anything on this tablet: no vault, no desk, nothing that was brought here and has not left. */
export const isEmpty = (): Promise<boolean> =>
  inClear((clear) =>
    clear.transaction('r', clear.vaults, clear.identity, clear.carried, async () => {
      const carried = await clear.carried.filter(({ ack }) => ack === '').count();
      return (await clear.vaults.count()) + (await clear.identity.count()) + carried === 0;
    }),
  );
