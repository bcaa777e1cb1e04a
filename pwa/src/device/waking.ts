/**
 * Which vaults of this device are woken by pushes. In clear, beside the vaults: the service worker renews what the browser
 * took away while everything is locked. It tells that somebody here has reminders on, which whoever holds the tablet sees anyhow.
 */
import { inClear, type WakingRow } from './vault/clear.ts';

const DESK = 'desk'; // of an older app: whoever was signed in at the desk

export const wakingOf = (owner: string): Promise<WakingRow | undefined> => inClear((clear) => clear.waking.get(owner));
export const allWaking = (): Promise<WakingRow[]> => inClear((clear) => clear.waking.toArray());
export const noteWaking = (row: WakingRow): Promise<unknown> => inClear((clear) => clear.waking.put(row));

/** A desk's copy is woken as whoever was signed in at the desk was before: each coordinator for themselves. */
export const adoptWaking = (owner: string): Promise<void> =>
  inClear((clear) =>
    clear.transaction('rw', clear.waking, async () => {
      const row = await clear.waking.get(DESK);
      if (!row) return;
      await clear.waking.put({ ...row, owner });
      await clear.waking.delete(DESK);
    }),
  );

/**
 * Nobody is woken for this one any more; the last one takes the browser's subscription along. A browser that cannot end it now
 * holds up nothing: the server sends no more either.
 */
export async function endWaking(owner: string): Promise<void> {
  const left = await inClear((clear) =>
    clear.transaction('rw', clear.waking, async () => {
      await clear.waking.delete(owner);
      return clear.waking.count();
    }),
  );
  if (left > 0) return;
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  } catch (error) {
    console.error('unsubscribe', error);
  }
}
