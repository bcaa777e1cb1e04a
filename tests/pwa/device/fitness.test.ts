/** Where a worker should not begin, and what is said where a browser threw everything away. */
import { describe, expect, test } from 'vitest';
import { hasSign, leaveSign, takeSign } from '../../../pwa/src/device/canary.ts';
import { unfit } from '../../../pwa/src/device/fitness.ts';

const workers = {} as ServiceWorkerContainer;
const sees = (isPrivate: boolean) => async () => ({ isPrivate });

describe('a browser in which somebody wants to begin', () => {
  test('is no tab of an iPad: the installed app is, and every other browser', async () => {
    expect(await unfit({ serviceWorker: workers, standalone: false }, sees(false))).toBe('home_screen');
    expect(await unfit({ serviceWorker: workers, standalone: true }, sees(false))).toBe(null);
    expect(await unfit({ serviceWorker: workers }, sees(false))).toBe(null);
  });

  test('is no private window, where that can be told', async () => {
    const none = undefined as unknown as ServiceWorkerContainer;
    expect(await unfit({ serviceWorker: workers }, sees(true))).toBe('private');
    expect(await unfit({ serviceWorker: none }, sees(false))).toBe('private');
    expect(await unfit({ serviceWorker: workers }, async () => Promise.reject(new Error('another browser')))).toBe(null);
  });
});

test('the sign that somebody worked here is a cookie that says nothing else', () => {
  const jar = { cookie: 'other=1' };
  expect(hasSign(jar)).toBe(false);
  leaveSign(jar);
  expect(jar.cookie).toBe('onthaal_used=1; max-age=34560000; path=/; samesite=strict');
  expect(hasSign({ cookie: 'other=1; onthaal_used=1' })).toBe(true);
  takeSign(jar);
  expect(jar.cookie).toContain('max-age=0');
});
