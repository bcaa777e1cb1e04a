/** One tab after the other: who counts reads what is there and writes one more, and two that read the same would lose one. */
import type { Core } from './core.ts';
import type { IndexedDisk } from './db.ts';

/** Sees what another tab kept and has not told of yet: the newest edits, and this record. */
export async function catchUp(core: Core, disk: Pick<IndexedDisk, 'lastSeq'>, record: string): Promise<void> {
  const { outbox, kept, refused } = core.state;
  const newest = [outbox, kept, refused].reduce((last, store) => Math.max(last, ...store.keys()), 0);
  if ((await disk.lastSeq()) > newest) await core.reloadSome([record]);
}

/** Acts while no other tab of this browser, and nothing else in this one, acts so; `act` sees all that they kept. */
export const alone = <T>(core: Core, disk: IndexedDisk, record: string, act: () => Promise<T>): Promise<T> =>
  navigator.locks.request(`alone-${disk.db.name}`, async () => {
    await catchUp(core, disk, record);
    return act();
  });
