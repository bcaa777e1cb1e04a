/** Before each trip of an open vault. */
import type { Core } from './core.ts';
import type { IndexedDisk } from './db.ts';
import type { Opened } from './opened.ts';

/** Whatever waits without a box gets one: from then on it leaves also while the vault is locked. */
export async function boxWaiting({ settle, sealer }: Opened, core: Core, disk: IndexedDisk): Promise<void> {
  try {
    await settle?.();
    const stale = sealer ? core.unsent.filter(({ box }) => sealer.isStale(box)) : [];
    if (stale.length > 0 && (await disk.box(stale))) await core.reloadSome([]);
  } catch (error) {
    console.error('boxes', error); // a full disk takes no boxes; what waits leaves all the same
  }
}
