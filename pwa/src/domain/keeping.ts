/** Keeps what the screens change, one after another: what is made when its turn comes sees all that was kept before. */
import type { Change, Device } from '../device/types.ts';

export type KeepNext = (make: () => readonly Change[]) => Promise<boolean>;

/** `onfailed`: told where the tablet could not keep something; what comes after it is tried all the same. */
export function keepsOn(device: () => Pick<Device, 'write'>, onfailed: () => void): KeepNext {
  let turn: Promise<unknown> = Promise.resolve();
  const write = async (make: () => readonly Change[]): Promise<boolean> => {
    try {
      for (const change of make()) await device().write(change);
      return true;
    } catch (error) {
      console.error('write', error);
      onfailed();
      return false;
    }
  };
  return (make) => {
    const kept = turn.then(() => write(make));
    turn = kept;
    return kept;
  };
}
