/** Somebody stops typing for a moment, or looks away from the app: what stands there is told, and the field is still theirs. */
import { onDestroy } from 'svelte';

const PAUSE_MS = 2_000;

interface Pausing {
  types(text: string): void;
  /** The field is left: what follows is its own affair. */
  leaves(): void;
}

/** For a field that is being made: calls `told` with its text, once a pause. */
export function pausing(told: (text: string) => void): Pausing {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let text = '';
  const leaves = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const tell = (): void => {
    leaves();
    told(text);
  };
  const hides = (): void => {
    if (document.hidden && timer !== undefined) tell();
  };
  document.addEventListener('visibilitychange', hides);
  onDestroy(() => {
    leaves();
    document.removeEventListener('visibilitychange', hides);
  });
  return {
    leaves,
    types(typed) {
      leaves();
      text = typed;
      timer = setTimeout(tell, PAUSE_MS);
    },
  };
}
