/** The couriers of what waits in locked vaults, and of what was brought here: one each per browser profile. */
import { boxTrip } from './boxes.ts';
import { carriedTrip } from './carrying.ts';
import { Courier, type Trip } from './courier.ts';
import { Database } from './schema.ts';
import { databaseOf, removeVault, type VaultRow } from './vault/clear.ts';
import { APP } from './version.ts';

/** Carries while it holds the lock of a name, until it is stopped. */
class Rounds {
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;
  #courier: Courier | undefined;

  constructor(name: string, go: () => Promise<Trip>, ontrip: (trip: Trip) => void) {
    const { signal } = this.#stop;
    const carry = async (): Promise<void> => {
      const courier = new Courier({ go, now: Date.now, random: Math.random, ontrip });
      this.#courier = courier;
      addEventListener('online', () => courier.wake(), { signal });
      courier.wake();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      courier.stop();
    };
    this.#ended = navigator.locks.request(`courier-${name}`, { signal }, carry).catch(() => undefined);
  }

  wake(): void {
    this.#courier?.wake();
  }

  stop(): Promise<unknown> {
    this.#stop.abort();
    return this.#ended;
  }
}

/** Carries the boxes of a vault until somebody opens it, here or in another tab. */
export class LockedCourier {
  /** Told after each trip. */
  onchange: () => void = () => {};
  readonly #row: VaultRow;
  readonly #db: Database;
  readonly #tabs: BroadcastChannel;
  readonly #rounds: Rounds;

  constructor(row: VaultRow) {
    this.#row = row;
    this.#db = new Database(databaseOf(row.id));
    this.#tabs = new BroadcastChannel(this.#db.name);
    this.#tabs.onmessage = ({ data }) => void ((data as { kind: string }).kind === 'opened' && this.stop());
    const locked = { db: this.#db, token: row.token, now: Date.now, app: APP };
    this.#rounds = new Rounds(
      this.#db.name,
      () => boxTrip(locked),
      (trip) => void this.#came(trip),
    );
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
    this.#tabs.close();
    this.#db.close();
  }

  async #came(trip: Trip): Promise<void> {
    const isRevoked = trip.kind === 'signed_out' && trip.code === 'revoked';
    const isWiped = trip.kind === 'carried' && trip.outcome.kind === 'stored' && trip.outcome.wipe;
    if (isRevoked || isWiped) {
      await this.stop();
      await removeVault(this.#row.id);
    }
    this.onchange();
  }
}

/** Carries what was brought here in a file. */
export class CarriedCourier {
  onchange: () => void = () => {};
  readonly #rounds = new Rounds('carried', carriedTrip, () => this.onchange());

  wake(): void {
    this.#rounds.wake();
  }
}
