/**
 * What the screens before a device can do: the lock screen, and a worker's first time here. The device itself, its engine and
 * its ciphers are loaded while somebody looks for their animal.
 */
import type { Identity } from './identity.ts';
import type { CarriedCourier, LockedCourier } from './lockedcourier.ts';
import type { Choosing, Device, Vault } from './types.ts';
import { removeVault, vaults } from './vault/clear.ts';
import type { Unlocked } from './vault/unlock.ts';
import { vaultsHere } from './vaultlist.ts';
import { endWaking } from './waking.ts';

const AFTER_MS = 100; // the lock screen is painted first

const entry = (): Promise<typeof import('./entry.ts')> => import('./entry.ts');
const files = (): Promise<typeof import('./carrying.ts')> => import('./carrying.ts');

interface Here {
  /** Of the link that was opened. */
  readonly code: string | null;
  /** A worker of before vaults. */
  readonly identity: Identity | null;
}

/** The couriers of whatever is locked here; they go on for the others when one vault is opened. */
class Couriers {
  tell: () => void = () => {};
  #carried: CarriedCourier | undefined;
  readonly #locked = new Map<string, LockedCourier>();
  readonly #opened = new Set<string>();
  #isStarted = false;

  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const [{ CarriedCourier, LockedCourier }, rows] = await Promise.all([import('./lockedcourier.ts'), vaults()]);
    this.#carried = new CarriedCourier();
    this.#carried.onchange = () => this.tell();
    for (const row of rows) {
      if (this.#opened.has(row.id)) continue;
      const courier = new LockedCourier(row);
      courier.onchange = () => this.tell();
      this.#locked.set(row.id, courier);
    }
    this.tell();
  }

  wakeCarried(): void {
    this.#carried?.wake();
  }

  /** Somebody opens this one, or it goes. */
  async stop(id: string): Promise<void> {
    this.#opened.add(id);
    await this.#locked.get(id)?.stop();
  }
}

/** `onopen`: shows a device. */
export const waysFor =
  ({ code, identity }: Here) =>
  (onopen: (device: Device) => void) => {
    const couriers = new Couriers();

    return {
      async unlock(id: string, secret: string): Promise<Exclude<Unlocked, { kind: 'open' }> | { kind: 'open' }> {
        const opened = await (await entry()).openVault(id, secret);
        if ('kind' in opened) {
          couriers.tell(); // its keys may be gone
          return opened;
        }
        void couriers.stop(id);
        onopen(opened);
        return { kind: 'open' };
      },

      /** Tells every second how long the next try has to wait; returns what ends that. */
      countDown(id: string, onleft: (ms: number) => void): () => void {
        const ends = new AbortController();
        void import('./vault/delay.ts').then(({ countDown }) => {
          if (!ends.signal.aborted) ends.signal.addEventListener('abort', countDown(id, onleft));
        });
        return () => ends.abort();
      },

      async take(label: string, choosing: Choosing): Promise<void> {
        onopen(await (await entry()).takeCode(code ?? '', label, choosing));
      },

      async move(choosing: Choosing): Promise<void> {
        if (identity) onopen(await (await entry()).moveHere(identity, choosing));
      },

      async vaults(): Promise<readonly Vault[]> {
        const found = await vaultsHere();
        // Its keys are erased and nothing of it waits: nobody misses it.
        const done = found.filter(({ tier, waiting }) => tier === null && waiting === 0);
        for (const { id } of done) {
          await couriers.stop(id);
          await removeVault(id);
          await endWaking(id);
        }
        return found.filter((one) => !done.includes(one));
      },

      carried: async (): Promise<number> => (await files()).carriedWaiting(),
      unsentFile: async (): Promise<Blob> => (await files()).unsentFile(),
      async takeFile(text: string): Promise<number> {
        const taken = await (await files()).filesIn(text);
        couriers.wakeCarried();
        couriers.tell();
        return taken;
      },

      /** Told when something left, or a vault is gone; returns what ends that. */
      watch(onchange: () => void): () => void {
        couriers.tell = onchange;
        setTimeout(() => void couriers.start(), AFTER_MS); // also where somebody was quicker: the others' wait too
        return () => {
          couriers.tell = () => {};
        };
      },
    };
  };
