/** Takes a vault, or the desk, off this device; the last one takes everything else of us along. */
import Dexie from 'dexie';
import { signLeft, takeSign } from '../canary.ts';
import { send } from '../http.ts';
import { KEY } from '../identity.ts';
import { endWaking } from '../waking.ts';
import { CLEARING, type Clear, databaseOf, inClear } from './clear.ts';
import { areWordsLeft } from './desks.ts';

/** Removes a vault, then what the browser keeps of us (`clearUp`). Its row goes last: a tablet that stops half-way knows what is left to do. */
export async function leave(id: string): Promise<void> {
  await inTurn(async () => {
    await Dexie.delete(databaseOf(id));
    await takeOff((clear) => clear.vaults.delete(id));
    await endWaking(id);
    await clearUp();
  });
}

/** Removes the desk and its copy. */
export async function leaveDesk(database: string): Promise<void> {
  await inTurn(async () => {
    await takeOff((clear) => clear.identity.delete(KEY));
    await Dexie.delete(database);
    await endWaking(database);
    await clearUp();
  });
}

// One after the other; and who is done waits for those that came meanwhile: the page goes away then, and must not take them along.
async function inTurn(act: () => Promise<void>): Promise<void> {
  await navigator.locks.request(LEAVING, act);
  await navigator.locks.request(LEAVING, () => undefined);
}
const LEAVING = 'onthaal-leaving';

// That nobody is left is noted before the last row is gone: the page may go away before the browser was asked.
const takeOff = (remove: (clear: Clear) => PromiseLike<void>): Promise<void> =>
  inClear((clear) =>
    clear.transaction('rw', clear.vaults, clear.identity, async () => {
      await remove(clear);
      if ((await clear.vaults.count()) + (await clear.identity.count()) === 0) signLeft();
    }),
  );

/**
 * Where nothing of anybody is left, asks the browser to clear what it keeps of us: deleted rows stay on a disk. Asked for again
 * at the next start until the server was reached (main.ts).
 */
export async function clearUp(): Promise<void> {
  if (!(await isEmpty())) return;
  const reply = await navigator.locks.request(CLEARING, async () => {
    await endServing();
    return send('POST', '/api/forget', {}, null);
  });
  if (reply.kind === 'answered' && reply.status === 200) takeSign();
}

// A page that the service worker hands out while its files are being cleared never ends loading, and no newer worker comes after it
// (Chromium 156). From here on the network hands them out.
async function endServing(): Promise<void> {
  for (const registration of (await navigator.serviceWorker?.getRegistrations()) ?? []) await registration.unregister();
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
