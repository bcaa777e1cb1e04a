/** Wrong PINs: slowed after five, the keys erased after ten; nothing that somebody does to the tablet's clock helps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attempts, attempt, NONE, triesLeft, WRONG_MAX, waited } from '../../../pwa/src/device/vault/attempts.ts';

/** Tries a wrong secret as often as it is allowed to, waiting as long as it is told to; returns the waits between. */
function triesOn(): { tries: number; waits: number[]; end: string } {
  const waits: number[] = [];
  let state = NONE;
  for (let tries = 0; ; ) {
    const verdict = attempt(state);
    if (verdict.kind === 'erase') return { tries, waits, end: verdict.kind };
    if (verdict.kind === 'wait') {
      waits.push(verdict.waitMs);
      state = waited(state, verdict.waitMs);
    } else {
      tries += 1;
      state = verdict.counted;
    }
  }
}

describe('somebody who does not know the PIN', () => {
  test('has ten tries: five at once, then after half a minute and longer and longer, and then the keys are erased', () => {
    expect(triesOn()).toEqual({ tries: 10, waits: [30_000, 60_000, 180_000, 420_000, 900_000], end: 'erase' });
  });

  test('is told how many are left', () => {
    expect([0, 4, 9, 10, 12].map((wrong) => triesLeft({ wrong, waitMs: 0 }))).toEqual([10, 6, 1, 0, 0]);
  });
});

describe('whatever somebody does', () => {
  // What can be done to a locked tablet: try, keep the screen open, close and open it, set its clock.
  const deeds = fc.array(
    fc.oneof(
      fc.constant({ kind: 'try' as const }),
      fc.record({ kind: fc.constant('open' as const), ms: fc.oneof(fc.integer({ min: -1e9, max: 1e6 }), fc.constant(Number.NaN)) }),
      fc.constant({ kind: 'reload' as const }),
    ),
    { maxLength: 200 },
  );

  interface Watched {
    state: Attempts;
    tries: number;
    openMs: number;
    erased: boolean;
  }

  function does(deed: { kind: string; ms?: number }, now: Watched): void {
    if (deed.kind === 'open') {
      now.openMs += Math.max(0, deed.ms ?? 0) || 0;
      now.state = waited(now.state, deed.ms ?? 0);
    } else if (deed.kind === 'reload') {
      now.state = JSON.parse(JSON.stringify(now.state)); // the disk: the same state, and no memory of any clock
    } else {
      const verdict = attempt(now.state);
      if (verdict.kind === 'erase') now.erased = true;
      if (verdict.kind !== 'try') return;
      now.tries += 1;
      now.state = verdict.counted;
    }
  }

  test('there are never more than ten tries, and never a sixth before the screen was open for its delay', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        const now: Watched = { state: NONE, tries: 0, openMs: 0, erased: false };
        let wrong = 0;
        for (const deed of all) {
          does(deed, now);
          expect(now.state.wrong).toBeGreaterThanOrEqual(wrong); // only ever upwards
          wrong = now.state.wrong;
        }
        expect(now.tries).toBeLessThanOrEqual(WRONG_MAX);
        expect(now.erased ? now.tries : WRONG_MAX).toBe(WRONG_MAX);
        const least = [0, 0, 0, 0, 0, 0, 30_000, 90_000, 270_000, 690_000, 1_590_000][now.tries] ?? 0;
        expect(now.openMs).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 500 },
    );
  });

  test('a clock that runs backwards, or none at all, never shortens a delay and never makes it longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e5 }), fc.double(), (waitMs, ms) => {
        const after = waited({ wrong: 6, waitMs }, ms);
        expect(after.waitMs).toBeLessThanOrEqual(waitMs);
        expect(after.waitMs).toBeGreaterThanOrEqual(Math.max(0, waitMs - (ms > 0 ? ms : 0)));
      }),
    );
  });
});
