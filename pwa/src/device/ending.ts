/** The end of a device: nothing goes with it that has not left, also nothing that another tab wrote a moment ago. */
import type { Core } from './core.ts';
import type { IndexedDisk } from './db.ts';
import { DiskFull } from './disk.ts';
import { ApiError, type Pass } from './http.ts';
import { endToken } from './identity.ts';

const SEND_MS = 20_000;
const LOOK_EVERY_MS = 200;

export interface Leaving {
  readonly core: Core;
  readonly sync: () => void;
  /** Nobody writes on, here or in another tab; `false`: they may again. */
  readonly still: (isStill: boolean) => void;
  readonly settle?: (() => Promise<void>) | undefined;
  readonly token: () => Pass;
  readonly end: () => Promise<boolean>;
}

/** Sends what waits, ends the token, then all that is here. Throws `ApiError`: `waiting` where not all could be sent, or offline. */
export async function signOff({ core, sync, still, settle, token, end }: Leaving): Promise<void> {
  sync();
  for (const until = Date.now() + SEND_MS; core.waiting > 0 && Date.now() < until; ) await pause(LOOK_EVERY_MS);
  still(true);
  try {
    await core.reload(); // another tab may have kept something that this one has not heard of
    if (core.waiting > 0) throw new ApiError('waiting', 0);
    await settle?.();
    await endToken(token());
    // The server takes its time, and a tab that began anew meanwhile may write: what it wrote stays, and is sent after the next sign-in.
    if (!(await end())) throw new ApiError('waiting', 0);
  } catch (error) {
    still(false);
    throw error;
  }
}

/** Ends a database if all in it was sent; resolves whether. From then on no tab can keep anything in it. */
export async function endSent(core: Core, disk: IndexedDisk): Promise<boolean> {
  for (;;) {
    const seq = await disk.lastSeq();
    await core.reload();
    if (core.waiting > 0) return false;
    try {
      if (await disk.end(seq)) return true;
    } catch (error) {
      if (!(error instanceof DiskFull)) throw error;
      return true; // there is no room for the mark, and none for an edit either
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
