/** The couriers of what waits in locked vaults, and of what was brought here: one each per browser profile. */
import { Batching } from './batching.ts';
import { boxTrip } from './boxes.ts';
import { carriedTrip } from './carrying.ts';
import { Courier, type Trip } from './courier.ts';
import { lookWhetherPersisted } from './persistence.ts';
import { Database } from './schema.ts';
import { databaseOf, inClear, type VaultRow } from './vault/clear.ts';
import { dropStale, noteContact } from './vault/contact.ts';
import { leave } from './vault/leaving.ts';
import { APP } from './version.ts';
import { waitingIn } from './waiting.ts';

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
  /** It was ended from afar, and its vault is gone. */
  isGone = false;
  readonly #row: VaultRow;
  readonly #db: Database;
  readonly #tabs: BroadcastChannel;
  readonly #batching = new Batching();
  readonly #rounds: Rounds;

  constructor(row: VaultRow) {
    this.#row = row;
    this.#db = new Database(databaseOf(row.id));
    this.#tabs = new BroadcastChannel(this.#db.name);
    this.#tabs.onmessage = ({ data }) => void ((data as { kind: string }).kind === 'opened' && this.stop());
    this.#rounds = new Rounds(
      this.#db.name,
      () => this.#go(),
      (trip) => void this.#came(trip),
    );
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
    this.#tabs.close();
    this.#db.close();
  }

  async #go(): Promise<Trip> {
    const courier = (await inClear((clear) => clear.vaults.get(this.#row.id)))?.courier;
    // The server knows of no vault here: what was written before waits for its worker.
    if (!courier) return { kind: 'later', afterMs: 0 };
    const persisted = await lookWhetherPersisted();
    return boxTrip({ db: this.#db, token: courier, batching: this.#batching, now: Date.now, app: APP, persisted });
  }

  async #came(trip: Trip): Promise<void> {
    const isRevoked = trip.kind === 'signed_out' && trip.code === 'revoked';
    const isWiped = trip.kind === 'carried' && trip.outcome.kind === 'stored' && trip.outcome.wipe;
    // Whatever the server says: what has not left goes with nobody's vault.
    if ((isRevoked || isWiped) && (await waitingIn(this.#db)) === 0) {
      await this.stop();
      await leave(this.#row.id);
      this.isGone = true;
    } else if (trip.kind === 'carried') {
      await noteContact(this.#row.id, Date.now());
    } else {
      await dropStale(Date.now());
    }
    this.onchange();
  }
}

/** Carries what was brought here in a file. */
export class CarriedCourier {
  onchange: () => void = () => {};
  readonly #rounds = new Rounds(
    'carried',
    () => carriedTrip(),
    () => this.onchange(),
  );

  wake(): void {
    this.#rounds.wake();
  }
}
