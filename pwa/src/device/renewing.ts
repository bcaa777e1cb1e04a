/**
 * The browser took its subscription to pushes away: another one is made, while every vault may be locked. For the service worker,
 * so without Dexie: it would be read at each of its starts. What is read was noted by waking.ts.
 */

/** What a browser tells of it; not every one tells both, or any. */
export interface Changed {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
}

const CLEAR = 'onthaal'; // the database of vault/clear.ts
const WAKING = 'waking';

/** Rejects where the browser makes none: the next start of the app tries again, and says so (reminders.ts). */
export async function renewed(pushManager: PushManager, { oldSubscription, newSubscription }: Changed): Promise<void> {
  const woken = await wokenHere();
  if (newSubscription || woken.length === 0) return;
  const applicationServerKey = oldSubscription?.options.applicationServerKey ?? woken.find(({ key }) => key)?.key;
  if (!applicationServerKey || (await pushManager.getSubscription())) return;
  await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

/** For whom pushes come to this browser, with the key that each was told with. */
function wokenHere(): Promise<readonly { readonly key?: string }[]> {
  return new Promise((done) => {
    const opening = indexedDB.open(CLEAR);
    // There is none yet: nobody is woken, and one without its stores would be in the app's way.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => done([]);
    opening.onsuccess = () => {
      const db = opening.result;
      if (db.objectStoreNames.contains(WAKING)) {
        const asking = db.transaction(WAKING).objectStore(WAKING).getAll();
        asking.onsuccess = () => done(asking.result);
        asking.onerror = () => done([]);
      } else done([]);
      db.close(); // once it has answered
    };
  });
}
