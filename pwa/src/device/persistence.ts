/** Whether the browser promised to keep what lies here, whatever else needs room: asked for at each start, told at each contact. */
let known: boolean | null = null;

/** As it was last seen; `null` where this browser does not say. */
export const isPersisted = (): boolean | null => known;

/** Asks, and says the answer in the status of a device. */
export async function askToPersist(status: { persisted: boolean | null }): Promise<void> {
  known = (await navigator.storage?.persist?.()) ?? null;
  status.persisted = known;
}

/** Looks, without asking: of a tablet that is locked. */
export async function lookWhetherPersisted(): Promise<boolean | null> {
  known = (await navigator.storage?.persisted?.()) ?? null;
  return known;
}
