/**
 * An act that is done once, however often it is touched while it is underway: a double click, Enter pressed twice.
 * What it throws is its own to catch, as of any act that nobody waits for.
 */
export function once<A extends readonly unknown[]>(act: (...args: A) => Promise<unknown>): (...args: A) => void {
  let isUnderway = false;
  return (...args) => {
    if (isUnderway) return;
    isUnderway = true;
    void act(...args).finally(() => {
      isUnderway = false;
    });
  };
}
