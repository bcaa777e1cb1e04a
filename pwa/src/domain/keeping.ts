/** Keeps what the screens change, one after another: what is made when its turn comes sees all that was kept before. */
import type { Change, Device } from '../device/types.ts';

export type KeepNext = (make: () => readonly Change[]) => Promise<boolean>;

/**
 * What the server would set aside is not kept, and nothing after it: its form still has the words, and whoever wrote them
 * is there. `onfailed`: told why, or `undefined` where the tablet itself could not; what is kept next is tried all the same.
 */
export function keepsOn(device: () => Pick<Device, 'write' | 'may'>, onfailed: (why: string | undefined) => void): KeepNext {
  let turn: Promise<unknown> = Promise.resolve();
  const write = async (make: () => readonly Change[]): Promise<boolean> => {
    try {
      for (const change of make()) {
        const why = device().may(change);
        if (why !== undefined) {
          onfailed(why);
          return false;
        }
        await device().write(change);
      }
      return true;
    } catch (error) {
      console.error('write', error);
      onfailed(undefined);
      return false;
    }
  };
  return (make) => {
    const kept = turn.then(() => write(make));
    turn = kept;
    return kept;
  };
}
