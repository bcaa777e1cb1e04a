/**
 * What the screens before a device can do: the lock screen, and a worker's first time here. The device itself, its engine and
 * its ciphers are loaded while somebody looks for their animal.
 */

import { codeInLink, type Identity } from './identity.ts';
import type { CarriedCourier, LockedCourier } from './lockedcourier.ts';
import type { Choosing, Device, Looked, Standing, Vault } from './types.ts';
import { removeVault, vaults } from './vault/clear.ts';
import type { Unlocked } from './vault/unlock.ts';
import { vaultsHere } from './vaultlist.ts';
import { endWaking } from './waking.ts';

const AFTER_MS = 100; // the lock screen is painted first

const entry = (): Promise<typeof import('./entry.ts')> => import('./entry.ts');
const enrolling = (): Promise<typeof import('./enrolling.ts')> => import('./enrolling.ts');
const waits = (): Promise<typeof import('./standing.ts')> => import('./standing.ts');
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

  /** Whether a vault was ended from afar while this page looked on. */
  get isAnyGone(): boolean {
    return [...this.#locked.values()].some(({ isGone }) => isGone);
  }

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
    let finish: (() => Promise<Device>) | undefined;

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

      look: async (): Promise<Looked> => (await import('./linklook.ts')).lookAt(code ?? ''),

      /** The four words of a tablet that waits from then on; `null` where it was let in at once. */
      async take(label: string, language: string, choosing: Choosing): Promise<readonly string[] | null> {
        const taken = await (await enrolling()).takeCode(code ?? '', label, language as 'nl', choosing);
        if (taken.kind === 'open') onopen(taken.device);
        else history.replaceState(null, '', '/'); // a reload goes on waiting, and does not take the code again
        finish = taken.kind === 'open' ? undefined : taken.finish;
        return taken.kind === 'open' ? null : taken.words;
      },

      /** How it stands with what waits here; opens it where it was confirmed and its key is still in this page's hands. */
      async standing(): Promise<Standing | 'open' | null> {
        const stands = await (await waits()).standing();
        if (stands !== 'confirmed' || !finish) return stands;
        onopen(await finish());
        return 'open';
      },

      unfit: async () => (await import('./fitness.ts')).unfit(navigator),

      giveUp: async (): Promise<void> => (await waits()).giveUp(),

      /** What the first QR says that the camera sees; `null` where `signal` was first. Throws what has a `code`. */
      scan: async (video: HTMLVideoElement, signal: AbortSignal): Promise<string | null> =>
        (await import('./scanner.ts')).scanned(video, signal),

      /** Follows the link of a QR; resolves whether it is one of this server's for a tablet. */
      follow(text: string): boolean {
        const link = URL.canParse(text) ? new URL(text) : null;
        if (link?.origin !== location.origin || codeInLink('enrol', link.hash) === null) return false;
        location.replace(`/${link.hash}`);
        location.reload();
        return true;
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

      isAnyGone: (): boolean => couriers.isAnyGone,

      carried: async (): Promise<number> => (await files()).carriedWaiting(),
      refused: async (): Promise<number> => (await files()).carriedRefused(),
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
        setTimeout(onchange); // when the first screen is there
        setTimeout(() => void couriers.start(), AFTER_MS); // also where somebody was quicker: the others' wait too
        return () => {
          couriers.tell = () => {};
        };
      },
    };
  };
