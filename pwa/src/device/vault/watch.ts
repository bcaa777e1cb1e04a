/**
 * When an unlocked vault locks by itself: hidden for a minute, or touched by nobody for five. A desk: after half an hour.
 *
 * Two clocks are looked at, since either may stand still or be set: whichever says that the time has passed is believed.
 */
export interface Limits {
  readonly hiddenMs: number;
  readonly idleMs: number;
}
export const VAULT: Limits = { hiddenMs: 60_000, idleMs: 5 * 60_000 };
/** As long as the server keeps a session that nobody uses (security.md); who reads in another window is not interrupted. */
export const DESK: Limits = { hiddenMs: Number.POSITIVE_INFINITY, idleMs: 30 * 60_000 };
const LOOK_EVERY_MS = 5_000;
const TOUCHES = ['pointerdown', 'keydown', 'input', 'scroll'] as const;

interface Moment {
  readonly steady: number;
  readonly wall: number;
}

const now = (): Moment => ({ steady: performance.now(), wall: Date.now() });
const since = (then: Moment): number => Math.max(performance.now() - then.steady, Date.now() - then.wall);

/** Calls `onlock` once, when it is time; `signal` ends the watch. */
export function watch(onlock: () => void, signal: AbortSignal, { hiddenMs, idleMs }: Limits = VAULT): void {
  let touched = now();
  let hidden: Moment | null = document.hidden ? now() : null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = (): void => {
    if (signal.aborted) return;
    if ((hidden && since(hidden) >= hiddenMs) || since(touched) >= idleMs) {
      onlock();
      return;
    }
    // A hidden page's timers are slow: look exactly when the minute is over, not a look later.
    const left = hidden ? hiddenMs - since(hidden) : LOOK_EVERY_MS;
    timer = setTimeout(look, Math.max(50, Math.min(left, LOOK_EVERY_MS)));
  };
  const touch = (): void => {
    // A tablet that slept through its five minutes is locked, not woken, by the hand that takes it.
    if (since(touched) < idleMs) touched = now();
  };
  const seen = (): void => {
    clearTimeout(timer);
    if (!document.hidden && hidden && since(hidden) < hiddenMs) hidden = null;
    else if (document.hidden) hidden ??= now();
    look();
  };

  for (const type of TOUCHES) addEventListener(type, touch, { signal, capture: true, passive: true });
  document.addEventListener('visibilitychange', seen, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  look();
}
