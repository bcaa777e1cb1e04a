/** What a device says of its network: what the last call showed, and soon after its line broke. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Trip } from '../../../pwa/src/device/courier.ts';
import { LiveStatus, standingAfter } from '../../../pwa/src/device/status.svelte.ts';

const carried = { kind: 'carried' } as Trip;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('is offline where nothing answers soon after the line broke', () => {
  const status = new LiveStatus();
  status.stands(standingAfter(carried));
  status.doubts();
  expect(status.online).toBe(true);

  vi.advanceTimersByTime(60_000);
  expect(status.online).toBe(false);
});

test('stays online all the while where the call that was made at once is answered', () => {
  const status = new LiveStatus();
  status.stands(standingAfter(carried));
  status.doubts();
  status.stands(standingAfter(carried));

  vi.advanceTimersByTime(60_000);
  expect(status.online).toBe(true);
});

test.each([
  ['lost it meanwhile', ['asks', 'lost'], false],
  ['lost it before, and is wrong', ['lost', 'asks'], true],
  ['lost it meanwhile and found one again', ['asks', 'lost', 'found'], true],
] as const)('what an answer says of the network where the browser %s', (_, happens, online) => {
  const status = new LiveStatus();
  for (const what of happens) what === 'asks' ? status.asks() : status.connected(what === 'found');
  status.stands(status.after(carried, []));

  expect(status.online).toBe(online);
});

test.each([
  [{ kind: 'offline' }, { online: false, signedOut: false, revoked: false, tooOld: false, held: [] }],
  [
    { kind: 'later', afterMs: 0 },
    { online: true, signedOut: false, revoked: false, tooOld: false, held: [] },
  ],
  [{ kind: 'too_old' }, { online: true, signedOut: false, revoked: false, tooOld: true, held: [] }],
  [
    { kind: 'signed_out', code: 'revoked' },
    { online: true, signedOut: true, revoked: true, tooOld: false, held: [] },
  ],
] as const)('stands as a trip ended: %o', (trip, standing) => {
  expect(standingAfter(trip)).toEqual(standing);
});
