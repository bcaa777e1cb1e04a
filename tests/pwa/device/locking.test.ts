import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endedOrLate } from '../../../pwa/src/device/locking.ts';

describe('a vault that is being locked', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('goes when all is on the disk, also where something could not be kept', async () => {
    await endedOrLate([Promise.resolve(), Promise.reject(new Error('full'))]);

    expect(vi.getTimerCount()).toBe(0);
  });

  test('goes though its disk never answers', async () => {
    const gone = vi.fn();
    void endedOrLate([new Promise(() => {}), Promise.resolve()]).then(gone);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(gone).not.toHaveBeenCalled();

    await vi.advanceTimersByTimeAsync(1_000);
    expect(gone).toHaveBeenCalledOnce();
  });
});
