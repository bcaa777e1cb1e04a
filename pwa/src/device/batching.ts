/**
 * How much leaves at once, and what is passed over. A body that the server will not take is halved, and so is one at which it broke
 * three times, until the one edit is found that it breaks at. That one stays unsent in the outbox and is passed over for an hour:
 * no other waits for it, and the server may be mended meanwhile.
 */
import { WIRE } from '../sync/wire.ts';

const TRIES = 3;
const PASSED_MS = 3_600_000;

export class Batching {
  /** How many may leave in one call. */
  limit: number = WIRE.edits;
  /** Places in the outbox, and until when they are passed over. */
  readonly #passed = new Map<number, number>();
  #batch = '';
  #faults = 0;

  /** Whether an edit is passed over. Where the clock was set back, it is tried again. */
  isPassed(seq: number, nowMs: number): boolean {
    const until = this.#passed.get(seq) ?? 0;
    return nowMs < until && until - nowMs <= PASSED_MS;
  }

  /** Places that were passed over, whether or not it is time to try them again. */
  get held(): readonly number[] {
    return [...this.#passed.keys()];
  }

  /** None is passed over any more: somebody wants it tried now. */
  release(): void {
    this.#passed.clear();
  }

  /** The server took what it was sent. */
  took(): void {
    this.limit = WIRE.edits;
    this.#batch = '';
  }

  /** So many were too many. */
  halve(count: number): void {
    this.limit = Math.max(1, Math.floor(count / 2));
  }

  pass(seq: number, nowMs: number): void {
    this.#passed.set(seq, nowMs + PASSED_MS);
    this.took();
  }

  /** The server broke at these; resolves whether there are fewer to be tried at once. */
  broke(rows: readonly { readonly seq: number }[], nowMs: number): boolean {
    const [first] = rows;
    // It breaks at a call without any: none of them is to blame.
    if (first === undefined) this.#passed.clear();
    const batch = rows.map(({ seq }) => seq).join();
    this.#faults = batch === this.#batch ? this.#faults + 1 : 1;
    this.#batch = batch;
    if (first === undefined || this.#faults < TRIES) return false;
    if (rows.length > 1) this.halve(rows.length);
    else this.pass(first.seq, nowMs);
    return rows.length > 1;
  }
}
