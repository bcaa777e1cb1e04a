/** What the screens before a device can do: the lock screen, and a worker's first time here. */
import { filesIn, unsentFile } from './carrying.ts';
import { moveHere, openVault, takeCode, vaultsHere } from './entry.ts';
import type { Identity } from './identity.ts';
import { CarriedCourier, LockedCourier } from './lockedcourier.ts';
import type { Choosing, Device, Vault } from './types.ts';
import { removeVault, vaults } from './vault/clear.ts';
import { countDown } from './vault/delay.ts';
import type { Unlocked } from './vault/unlock.ts';

interface Here {
  /** Of the link that was opened. */
  readonly code: string | null;
  /** A worker of before vaults. */
  readonly identity: Identity | null;
}

/** `onopen`: shows a device. */
export const waysFor =
  ({ code, identity }: Here) =>
  (onopen: (device: Device) => void) => {
    const couriers = new Map<string, LockedCourier>();
    let carrier: CarriedCourier | undefined;
    let tell = (): void => {};

    const stopped = async (id?: string): Promise<void> => {
      await Promise.all([...couriers].filter(([one]) => id === undefined || one === id).map(([, courier]) => courier.stop()));
    };

    return {
      async unlock(id: string, secret: string): Promise<Exclude<Unlocked, { kind: 'open' }> | { kind: 'open' }> {
        const opened = await openVault(id, secret);
        if ('kind' in opened) {
          tell(); // its keys may be gone
          return opened;
        }
        void stopped(id);
        couriers.delete(id);
        onopen(opened);
        return { kind: 'open' };
      },

      countDown,

      async take(label: string, choosing: Choosing): Promise<void> {
        onopen(await takeCode(code ?? '', label, choosing));
      },

      async move(choosing: Choosing): Promise<void> {
        if (identity) onopen(await moveHere(identity, choosing));
      },

      async vaults(): Promise<readonly Vault[]> {
        const found = await vaultsHere();
        // Its keys are erased and nothing of it waits: nobody misses it.
        const done = found.filter(({ tier, waiting }) => tier === null && waiting === 0);
        for (const { id } of done) {
          await stopped(id);
          await removeVault(id);
        }
        return found.filter((one) => !done.includes(one));
      },

      unsentFile,
      async takeFile(text: string): Promise<number> {
        const taken = await filesIn(text);
        carrier?.wake();
        return taken;
      },

      /** The couriers of the locked vaults; they go on for the others when one is opened. */
      watch(onchange: () => void): () => void {
        tell = onchange;
        carrier ??= new CarriedCourier();
        carrier.onchange = onchange;
        void vaults().then((rows) => {
          for (const row of rows) {
            const courier = new LockedCourier(row);
            courier.onchange = onchange;
            couriers.set(row.id, courier);
          }
          onchange();
        });
        return () => {
          for (const courier of couriers.values()) courier.onchange = () => {};
        };
      },
    };
  };
