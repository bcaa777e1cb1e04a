/**
 * How costly a guess may be on this tablet: as much as its own worker can wait for, once, at every unlock.
 *
 *     floor 19 MiB × 2 ── … ── 64 MiB × 3      the costliest that takes no longer than `WAIT_MS` here
 */
import { type Cost, FLOOR, FULL } from './argon.ts';

/** An unlock may take 1,5 s on a slow tablet; what else it does there takes 0,6 s (pwa/scripts/measure_slow.mjs). */
export const WAIT_MS = 800;
const LADDER: readonly Cost[] = [FULL, { memoryKib: 64 * 1024, passes: 2 }, { memoryKib: 46 * 1024, passes: 2 }, FLOOR];
// Memory and passes cost less than their product says (measured: 5 times the product, 3,4 times the time).
const AT_LEAST = 0.5;

const work = (cost: Cost): number => cost.memoryKib * cost.passes;

/** The cost for this tablet. `measure`: how long one unlock at a cost takes here, in ms. */
export async function calibrated(measure: (cost: Cost) => Promise<number>): Promise<Cost> {
  const floorMs = await measure(FLOOR);
  for (const cost of LADDER.slice(0, -1)) {
    // What cannot be quick enough is not tried: on the slowest tablets a try alone would take seconds.
    const leastMs = ((floorMs * work(cost)) / work(FLOOR)) * AT_LEAST;
    if (leastMs <= WAIT_MS && (await measure(cost)) <= WAIT_MS) return cost;
  }
  return FLOOR;
}
