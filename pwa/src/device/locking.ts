/** Locking waits for the disk, but not for one that hangs: the keys would stay in memory behind a page that is only hidden. */
const DISK_MS = 5_000; // a slow tablet in the middle of a large reply needs seconds

/** Resolves when all of these ended, well or not, or after five seconds. */
export async function endedOrLate(acts: readonly Promise<unknown>[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DISK_MS);
  });
  await Promise.race([Promise.allSettled(acts), late]);
  clearTimeout(timer);
}
