/** Counting: every touch counts, however quickly one follows another and however long the disk takes. */
import { expect, test } from 'vitest';
import type { Change, Device } from '../../../pwa/src/device/types.ts';
import { Counter } from '../../../pwa/src/features/square/square.ts';

/** A device whose disk takes a while; what was kept is shown from then on. */
function slow(): { device: Device; kept: () => number; keep: (change: Change) => Promise<boolean> } {
  const shown = new Map<string, { view: Record<string, unknown> }>();
  const device = { now: () => 0, me: { device: 'd1' }, records: { get: (id: string) => shown.get(id) } } as unknown as Device;
  const keep = async (change: Change): Promise<boolean> => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    shown.set(change.id, { view: { ...shown.get(change.id)?.view, ...change.set } });
    return true;
  };
  return { device, keep, kept: () => Number([...shown.values()][0]?.view.n ?? 0) };
}

test('three touches while the first is still being kept are three', async () => {
  const { device, keep, kept } = slow();
  const counter = new Counter(device, keep);

  expect(await Promise.all([counter.count('e1', 'coffee', 1), counter.count('e1', 'coffee', 1), counter.count('e1', 'coffee', 1)])).toEqual(
    [true, true, true],
  );

  expect(kept()).toBe(3);
});

test('what was not kept does not hold up the next; nothing is taken away from nothing', async () => {
  const { device, keep, kept } = slow();
  let full = true;
  const counter = new Counter(device, async (change) => (full ? Promise.reject(new Error('battery')) : keep(change)));

  await expect(counter.count('e1', 'coffee', 1)).rejects.toThrow('battery');
  full = false;
  expect([await counter.count('e1', 'coffee', -1), await counter.count('e1', 'coffee', 1), kept()]).toEqual([false, true, 1]);
});
