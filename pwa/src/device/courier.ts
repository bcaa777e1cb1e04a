/**
 * Carries edits out and records in (station 4). One per browser profile: the tab that holds the lock.
 *
 *     wakes: start · after an edit · online · visible · poke · every 5 minutes        trips: one at a time
 */
import type { Outcome } from './calls.ts';
import type { Core } from './core.ts';
import { codeOf, type Pass, send } from './http.ts';

/** How one trip ended. Offline is a state, not an error: nothing is thrown for it. */
export type Trip =
  | { readonly kind: 'carried'; readonly outcome: Outcome; readonly again: boolean }
  | { readonly kind: 'halved' }
  | { readonly kind: 'offline' }
  | { readonly kind: 'later'; readonly afterMs: number }
  | { readonly kind: 'signed_out'; readonly code: string }
  | { readonly kind: 'too_old' };

const EVERY_MS = 5 * 60_000;
const BACK_OFF_MS_MAX = 5 * 60_000;
const FIRST_BACK_OFF_MS = 2_000;

export interface Carried {
  readonly core: Core;
  readonly token: Pass;
  readonly now: () => number;
}

export interface Rounds {
  /** Goes on one trip. */
  readonly go: () => Promise<Trip>;
  readonly now: () => number;
  /** 0 … 1, by chance. */
  readonly random: () => number;
  readonly ontrip: (trip: Trip) => void;
}

/** One trip: a call, and what its reply says. */
export async function trip({ core, token, now }: Carried): Promise<Trip> {
  const call = await core.request(now());
  const reply = await send('POST', '/api/sync', call.request, token);
  if (reply.kind === 'offline') return { kind: 'offline' };
  const later: Trip = { kind: 'later', afterMs: reply.retryAfterS * 1000 };
  switch (reply.status) {
    case 200: {
      if (reply.body === null) return later; // not our server's
      const outcome = await core.receive(call, reply.body, now());
      return { kind: 'carried', outcome, again: outcome.kind === 'late' || (outcome.kind === 'stored' && outcome.again) };
    }
    case 400:
    case 413:
      // A single edit is refused only on the server's own word, never on that of a box in between.
      if (call.sent.length === 0 || (call.sent.length === 1 && codeOf(reply) === '')) return later;
      await core.tooLarge(call);
      return { kind: 'halved' };
    case 401:
      return { kind: 'signed_out', code: codeOf(reply) };
    case 426:
      return { kind: 'too_old' };
    case 500:
      // The server's own word, and not that of a box in between: one of these edits may be what it breaks at.
      return codeOf(reply) === 'internal' && core.broke(call, now()) ? { kind: 'halved' } : later;
    default:
      return later;
  }
}

/** Goes on trips until stopped. `wake` asks for one soon. */
export class Courier {
  readonly #rounds: Rounds;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Number.POSITIVE_INFINITY;
  #notBefore = 0;
  #busy = false;
  #again = false;
  #failures = 0;
  #stopped = false;

  constructor(rounds: Rounds) {
    this.#rounds = rounds;
  }

  /** Asks for a trip after `afterMs` at the latest; sooner where one is due sooner, later where the server asked for peace. */
  wake(afterMs = 0): void {
    if (this.#stopped) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    const now = this.#rounds.now();
    const due = Math.max(now + afterMs, this.#notBefore);
    // A clock that was set back must not silence the courier: what is due far away is asked for anew.
    if (this.#due <= due && this.#due >= now) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.#go(), Math.min(due - now, EVERY_MS));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #go(): Promise<void> {
    this.#busy = true;
    this.#again = false;
    const ended = await this.#rounds.go().catch((error: unknown): Trip => {
      console.error('sync', error);
      return { kind: 'later', afterMs: 0 };
    });
    this.#busy = false;
    if (this.#stopped) return;
    this.#due = Number.POSITIVE_INFINITY;
    const delay = this.#delay(ended);
    this.#notBefore = ended.kind === 'later' && ended.afterMs > 0 ? this.#rounds.now() + ended.afterMs : 0;
    this.#rounds.ontrip(ended);
    this.wake(delay);
  }

  #delay(ended: Trip): number {
    const isWell = ended.kind === 'halved' || (ended.kind === 'carried' && ended.outcome.kind !== 'full');
    this.#failures = isWell ? 0 : this.#failures + 1;
    if (isWell) return this.#again || ended.kind === 'halved' || ended.again ? 0 : EVERY_MS;
    // Full jitter, so that forty tablets that find the same hotspot do not call together.
    const ceiling = Math.min(FIRST_BACK_OFF_MS * 2 ** this.#failures, BACK_OFF_MS_MAX);
    return Math.max(ended.kind === 'later' ? ended.afterMs : 0, this.#rounds.random() * ceiling);
  }
}
