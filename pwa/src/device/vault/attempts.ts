/**
 * Wrong unlocks: who may try again, and when. Pure.
 *
 *     1 … 4 wrong: at once      5 … 9 wrong: after 30 s … 15 min      10 wrong: the keys are erased
 *
 * Time is what somebody spent before this screen, by a clock that nobody can set (`performance.now`), never the tablet's:
 * setting the clock, closing the app or taking out the battery shortens no delay; it only goes on when the app is opened again.
 * A try counts before the secret is looked at: an app that is killed meanwhile has used it up.
 */
export interface Attempts {
  /** Tries since the last right one. Only a right one sets it back. */
  readonly wrong: number;
  /** How long this screen must still be open before the next. */
  readonly waitMs: number;
}

export const NONE: Attempts = { wrong: 0, waitMs: 0 };
export const WRONG_MAX = 10;

/** After the fifth wrong try, the sixth, … */
const DELAYS_MS: readonly number[] = [30_000, 60_000, 180_000, 420_000, 900_000];
const FREE = WRONG_MAX - DELAYS_MS.length - 1;

/** Where erasing the keys would lose words that nobody else has: no end, but every further try waits the longest. */
export const endless = ({ wrong }: Attempts): Attempts => ({ wrong: Math.min(wrong, WRONG_MAX - 1), waitMs: DELAYS_MS.at(-1) ?? 0 });

export type Verdict =
  | { readonly kind: 'try'; readonly counted: Attempts }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'erase' };

/** Whether somebody may try now; `counted` is on the disk before the secret is looked at. */
export function attempt({ wrong, waitMs }: Attempts): Verdict {
  if (wrong >= WRONG_MAX) return { kind: 'erase' };
  if (waitMs > 0) return { kind: 'wait', waitMs };
  return { kind: 'try', counted: { wrong: wrong + 1, waitMs: DELAYS_MS[wrong - FREE] ?? 0 } };
}

/** The attempts after the screen was open for `ms` more. */
export function waited({ wrong, waitMs }: Attempts, ms: number): Attempts {
  const passed = Number.isFinite(ms) ? Math.max(0, ms) : 0;
  return { wrong, waitMs: Math.max(0, waitMs - passed) };
}

/** How many tries are left before the keys are erased. */
export const triesLeft = ({ wrong }: Attempts): number => Math.max(0, WRONG_MAX - wrong);
