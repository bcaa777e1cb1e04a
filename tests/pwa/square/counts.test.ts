/** Counting: every touch counts, however quickly one follows another and however long the disk takes. */
import { expect, test } from 'vitest';
import type { Change, Device, Shown } from '../../../pwa/src/device/types.ts';
import { count, mayCount } from '../../../pwa/src/features/square/square.ts';

/** A device whose disk takes a while; what was kept is shown from then on. */
function slow(): { device: Device; kept: () => number; keep: (change: Change) => Promise<boolean> } {
  const shown = new Map<string, { view: Record<string, unknown> }>();
  const alone = (_: string, act: () => Promise<unknown>): Promise<unknown> => navigator.locks.request('alone', act);
  const records = { get: (id: string) => shown.get(id) };
  const device = { now: () => 0, me: { device: 'd1' }, records, alone } as unknown as Device;
  const keep = async (change: Change): Promise<boolean> => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    shown.set(change.id, { view: { ...shown.get(change.id)?.view, ...change.set } });
    return true;
  };
  return { device, keep, kept: () => Number([...shown.values()][0]?.view.n ?? 0) };
}

test('three touches while the first is still being kept are three', async () => {
  const { device, keep, kept } = slow();
  const one = () => count(device, keep, { event: 'e1', what: 'coffee', by: 1 });

  expect(await Promise.all([one(), one(), one()])).toEqual([true, true, true]);

  expect(kept()).toBe(3);
});

test('what was not kept does not hold up the next; nothing is taken away from nothing', async () => {
  const { device, keep, kept } = slow();
  let full = true;
  const trying = async (change: Change): Promise<boolean> => (full ? Promise.reject(new Error('battery')) : keep(change));
  const coffee = (by: 1 | -1) => count(device, trying, { event: 'e1', what: 'coffee', by });

  await expect(coffee(1)).rejects.toThrow('battery');
  full = false;
  expect([await coffee(-1), await coffee(1), kept()]).toEqual([false, true, 1]);
});

test.each([
  ['open', true],
  ['closed', false],
  ['restituted', false],
])('at an event that is %s, counting is offered: %s', (state, is) => {
  const { device } = slow();
  const event = { id: 'e1', view: { state } } as unknown as Shown;

  expect(mayCount(Object.assign(device, { may: () => undefined }), event, 'coffee')).toBe(is);
});
