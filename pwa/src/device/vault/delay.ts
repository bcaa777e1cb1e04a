/** Counts a delay down while a lock screen is open. */
import { waitedFor } from './unlock.ts';

const EVERY_MS = 1_000;

/**
 * Tells every second how long the next try has to wait; returns what ends that. Only one tab counts at a time, or ten
 * open tabs would make the time run ten times as fast.
 */
export function countDown(id: string, onleft: (ms: number) => void): () => void {
  const ends = new AbortController();
  const { signal } = ends;
  const count = async (): Promise<void> => {
    let last = performance.now();
    for (let left = await waitedFor(id, 0); !signal.aborted; ) {
      onleft(left);
      if (left <= 0) return;
      await pause(signal);
      const now = performance.now();
      left = await waitedFor(id, now - last);
      last = now;
    }
  };
  void waitedFor(id, 0).then((left) => !signal.aborted && onleft(left));
  void navigator.locks.request(`delay-${id}`, { signal }, count).catch(() => undefined);
  return () => ends.abort();
}

/** A second, or less where the screen is left: the next one must not wait for this one's turn to end. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, EVERY_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
