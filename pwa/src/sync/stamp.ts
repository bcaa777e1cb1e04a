/**
 * Stamps: which of two edits counts as the later one, when neither saw the other.
 *
 * A stamp is 16 characters of lower-case ASCII, so text order *is* edit order, in Python and in JavaScript alike:
 *
 *     0197f3c2a4b00003
 *     └── ms, UTC ─┘└n┘      ms since 1970-01-01 in hex, and the nth of that ms; wraps in the year 10889
 *
 * No function here can fail because of time: a tablet with a wrong clock goes on working.
 * 64 bits do not fit a number: milliseconds (48) and counter (16) are handled apart.
 *
 *     h   what a device gave its edit            nextStamp(last, …), last = tick(last, …)
 *     e   the same, corrected once by the server correct(h, …)
 *
 * Source: Kulkarni et al., "Logical Physical Clocks" (2014), hybrid logical clocks.
 * Vectors: sync/vectors/stamp.json.  Twin: sync/stamp.py.
 */

export type Stamp = string;

export const FIRST: Stamp = '0000000000000000';
export const AHEAD_MS_MAX = 5 * 60_000; // what the server lets stand; tablets set by hand are minutes off, seldom more
export const STEP_BACK_MS = 60_000; // a calibrated device further ahead than this gives up its old `last`
const LAST: Stamp = 'ffffffffffffffff';
const LAST_MS = 2 ** 48 - 1;
const LAST_COUNT = 0xffff;

/** The first stamp of a millisecond; times before 1970 count as 1970, after 10889 as 10889. */
export function fromMs(ms: number): Stamp {
  return join(Math.min(Math.max(Math.floor(ms), 0), LAST_MS), 0);
}

/** Milliseconds since 1970 in a stamp. */
export function msOf(stamp: Stamp): number {
  return Number.parseInt(stamp.slice(0, 12), 16);
}

/** The next stamp; a full counter rolls into the next millisecond. The very last one is its own next. */
export function after(stamp: Stamp): Stamp {
  const ms = msOf(stamp);
  const count = countOf(stamp);
  if (count < LAST_COUNT) return join(ms, count + 1);
  return ms < LAST_MS ? join(ms + 1, 0) : LAST;
}

/** What `last` becomes when a device makes an edit: later than before, wherever the wall clock went. */
export function tick(last: Stamp, { nowMs }: { nowMs: number }): Stamp {
  return max(fromMs(nowMs), after(last));
}

/**
 * The stamp of a new edit on this device.
 *
 * Later than `last` even where the wall clock stood still or was set back, and later than `shown`, the latest version
 * its author has on the screen ('' for none). What is shown does not move `last` (see `tick`): one record from a
 * tablet with a clock in 2099 must not carry every later edit of this device there.
 */
export function nextStamp(last: Stamp, { nowMs, shown = '' }: { nowMs: number; shown?: Stamp }): Stamp {
  const own = tick(last, { nowMs });
  return shown ? max(own, after(shown)) : own;
}

/** `last`, or now where a calibrated device finds it more than a minute ahead. */
export function stepBack(last: Stamp, { nowMs }: { nowMs: number }): Stamp {
  return msOf(last) > nowMs + STEP_BACK_MS ? fromMs(nowMs) : last;
}

/**
 * `e`: `h` moved by `correctionMs`, at most five minutes after the server's now, never below 0.
 *
 * `correctionMs` is server now − request now for an edit made uncalibrated, and 0 otherwise.
 */
export function correct(h: Stamp, { correctionMs, serverNowMs }: { correctionMs: number; serverNowMs: number }): Stamp {
  const ms = msOf(h) + correctionMs;
  const limit = serverNowMs + AHEAD_MS_MAX;
  if (ms < limit) return bounded(ms, countOf(h));
  return bounded(limit, 0);
}

function bounded(ms: number, count: number): Stamp {
  if (ms < 0) return FIRST;
  return ms > LAST_MS ? LAST : join(ms, count);
}

function countOf(stamp: Stamp): number {
  return Number.parseInt(stamp.slice(12), 16);
}

function join(ms: number, count: number): Stamp {
  return ms.toString(16).padStart(12, '0') + count.toString(16).padStart(4, '0');
}

function max(one: Stamp, two: Stamp): Stamp {
  return one > two ? one : two;
}
