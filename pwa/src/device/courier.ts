/**
 * Carries edits out and records in. One per browser profile: the tab that holds the lock.
 *
 *     wakes: start · after an edit · online · visible · poke · every 5 minutes        trips: one at a time
 */
import type { Core } from './core.ts';
import { type Reply, send } from './http.ts';

/** How one trip ended. Offline is a state, not an error. */
export type Trip =
  | { readonly kind: 'done' }
  | { readonly kind: 'more' }
  | { readonly kind: 'offline' }
  | { readonly kind: 'later'; readonly afterMs: number }
  | { readonly kind: 'signed_out'; readonly code: string }
  | { readonly kind: 'too_old' }
  | { readonly kind: 'full' }
  | { readonly kind: 'wipe' };

const EVERY_MS = 5 * 60_000;
const BACK_OFF_MS_MAX = 5 * 60_000;
const FIRST_BACK_OFF_MS = 2_000;

export interface Carried {
  readonly core: Core;
  readonly token: () => string | null;
  readonly now: () => number;
  readonly ontrip: (trip: Trip) => void;
}

/** One trip: a call, and what its reply says. */
export async function trip({ core, token, now }: Carried): Promise<Trip> {
  const call = await core.request(now());
  const reply = await send('POST', '/api/sync', call.request, token());
  if (reply.kind === 'offline') return { kind: 'offline' };
  if (reply.status === 200) {
    const outcome = await core.receive(call, reply.body, now());
    if (outcome.kind === 'late') return { kind: 'more' };
    if (outcome.wipe) return { kind: 'wipe' };
    return { kind: outcome.complete && core.waiting === 0 ? 'done' : 'more' };
  }
  if (reply.status === 400 || reply.status === 413) {
    await core.tooLarge(call);
    return call.sent.length > 0 ? { kind: 'more' } : { kind: 'later', afterMs: BACK_OFF_MS_MAX };
  }
  if (reply.status === 401) return { kind: 'signed_out', code: codeOf(reply) };
  if (reply.status === 426) return { kind: 'too_old' };
  return { kind: 'later', afterMs: reply.retryAfterS * 1000 };
}

const codeOf = (reply: Reply & { kind: 'answered' }): string => String((reply.body as { code?: unknown } | null)?.code ?? '');

/** Goes on trips until stopped. `wake` asks for one soon. */
export class Courier {
  readonly #carried: Carried;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;
  #again = false;
  #failures = 0;
  #stopped = false;

  constructor(carried: Carried) {
    this.#carried = carried;
  }

  wake(afterMs = 0): void {
    if (this.#stopped) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#go(), afterMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #go(): Promise<void> {
    this.#busy = true;
    this.#again = false;
    const ended = await trip(this.#carried).catch((error: unknown): Trip => {
      console.error('sync', error);
      return isFull(error) ? { kind: 'full' } : { kind: 'later', afterMs: 0 };
    });
    this.#busy = false;
    if (this.#stopped) return;
    this.#carried.ontrip(ended);
    this.wake(this.#delay(ended));
  }

  #delay(ended: Trip): number {
    this.#failures = ended.kind === 'done' || ended.kind === 'more' ? 0 : this.#failures + 1;
    if (ended.kind === 'more' || (ended.kind === 'done' && this.#again)) return 0;
    if (ended.kind === 'done') return EVERY_MS;
    // Full jitter, so that forty tablets that find the same hotspot do not call together.
    const ceiling = Math.min(FIRST_BACK_OFF_MS * 2 ** this.#failures, BACK_OFF_MS_MAX);
    return Math.max(ended.kind === 'later' ? ended.afterMs : 0, Math.random() * ceiling);
  }
}

/** Whether the browser has no room left. */
export function isFull(error: unknown): boolean {
  for (let one = error as { name?: string; inner?: unknown } | undefined; one; one = one.inner as typeof one) {
    if (one.name === 'QuotaExceededError') return true;
  }
  return false;
}
