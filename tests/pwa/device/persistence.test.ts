/** Whether the browser promised to keep what lies on this device, as its worker is told and as the server is. */
import { afterEach, expect, test, vi } from 'vitest';
import { askToPersist, isPersisted, lookWhetherPersisted } from '../../../pwa/src/device/persistence.ts';
import { LiveStatus } from '../../../pwa/src/device/status.svelte.ts';

afterEach(() => void vi.unstubAllGlobals());

/** A browser that answers so when it is asked, and so when it is looked at. */
function browser(storage: { asked: boolean; looked: boolean } | undefined): void {
  const answers = storage && { persist: async () => storage.asked, persisted: async () => storage.looked };
  vi.stubGlobal('navigator', { storage: answers });
}

test.each([
  ['granted', { asked: true, looked: false }, true],
  ['refused', { asked: false, looked: true }, false],
  ['not known to this browser', undefined, null],
])('asked and %s: the status says so, and the next contact tells it', async (_, storage, told) => {
  browser(storage);
  const status = new LiveStatus();
  expect(status.persisted).toBeNull();

  await askToPersist(status);

  expect([status.persisted, isPersisted()]).toEqual([told, told]);
});

test('a browser that keeps things but makes no promises has made none', async () => {
  vi.stubGlobal('navigator', { storage: {} });
  const status = new LiveStatus();

  await askToPersist(status);

  expect([status.persisted, await lookWhetherPersisted()]).toEqual([null, null]);
});

test.each([
  ['has promised', { asked: false, looked: true }, true],
  ['has not promised', { asked: true, looked: false }, false],
  ['does not say', undefined, null],
])('of a tablet that is locked it is only looked whether its browser %s', async (_, storage, told) => {
  browser(storage);

  expect([await lookWhetherPersisted(), isPersisted()]).toEqual([told, told]);
});
