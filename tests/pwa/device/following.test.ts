/** A touch on a reminder: into the app that is open, or by the address; through the lock of whoever is meant. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followReminders } from '../../../pwa/src/device/following.ts';
import { keepPlace, leave, placeIn } from '../../../pwa/src/device/place.ts';
import type { Drafts } from '../../../pwa/src/device/types.ts';

const REMINDER = '/reminder/Cm9vU3pYc2FtcGxlaWQwMA';
let tell: (data: unknown) => void;
let went: number;

function opens(address: string): void {
  const at = new URL(address, 'https://onthaal.example');
  const go = (_: unknown, __: string, path: string): void => {
    const to = new URL(path, at);
    vi.stubGlobal('location', { pathname: to.pathname, search: to.search });
  };
  vi.stubGlobal('location', { pathname: at.pathname, search: at.search });
  vi.stubGlobal('history', { pushState: go, replaceState: go });
  followReminders();
}
const drafts = (kept: Record<string, string>): Drafts => ({ get: (key: string) => kept[key], drop: () => undefined }) as unknown as Drafts;

beforeEach(() => {
  went = 0;
  vi.stubGlobal('navigator', {
    serviceWorker: { addEventListener: (_: string, hear: (event: { data: unknown }) => void) => (tell = (data) => hear({ data })) },
  });
  vi.stubGlobal('PopStateEvent', Event);
  vi.stubGlobal('dispatchEvent', () => (went += 1));
  vi.stubGlobal('sessionStorage', { getItem: () => null, setItem: () => undefined });
});
afterEach(() => vi.unstubAllGlobals());

test('a system that shows pushes without our script opens what was chosen', () => {
  opens(`${REMINDER}?do=later`);
  expect(location.pathname).toBe(`${REMINDER}/later`);
  opens('/talk/1?do=later');
  expect(location.pathname).toBe('/talk/1');
});

test('an open app goes where the worker says; other messages lead nowhere', () => {
  opens('/');
  tell({ type: 'RENEWED' });
  tell(null);
  expect([location.pathname, went]).toEqual(['/', 0]);
  tell({ type: 'FOLLOW', path: REMINDER });
  expect([location.pathname, went]).toEqual([REMINDER, 1]);
});

test('before the unlock it wins over where somebody was; else they are where they were', () => {
  opens('/');
  expect(placeIn(drafts({ place: '/talk/1' }), 'v1')).toBe('/talk/1');
  tell({ type: 'FOLLOW', path: REMINDER });
  expect(placeIn(drafts({ place: '/talk/1' }), 'v1')).toBe(REMINDER);
});

test('a touch that comes while the vault is locked, or while its page goes, leads there after the unlock', () => {
  const went: string[] = [];
  opens('/talk/1');
  vi.stubGlobal('location', { pathname: '/talk/1', replace: (path: string) => went.push(path) });
  const kept: Record<string, string> = {};
  keepPlace({ set: (key: string, text: string) => (kept[key] = text) } as unknown as Drafts);

  tell({ type: 'FOLLOW', path: REMINDER });
  expect([kept.place, location.pathname, went]).toEqual(['/talk/1', '/talk/1', []]);
  leave();
  tell({ type: 'FOLLOW', path: `${REMINDER}/later` });

  expect(went).toEqual([REMINDER, `${REMINDER}/later`]);
});
