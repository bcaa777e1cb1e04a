/** This device's clock, which anybody may set while the app is open. */
const SET_MS = 5_000;

/** The time now; `onset` is told when the clock was set back since it was read before. */
export function clockThat(onset: () => void): () => number {
  let latest = 0;
  return () => {
    const now = Date.now();
    if (now < latest - SET_MS) onset();
    latest = now;
    return now;
  };
}
