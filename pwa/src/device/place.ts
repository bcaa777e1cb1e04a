/** Where a worker was when their vault was locked, or when the page was loaded again. */
import type { Drafts } from './types.ts';

const PLACE = 'place';
const LATEST = 'onthaal.vault'; // which vault this tab had open: another worker does not begin where that one was

let isLocking = false;
let isLeaving = false;
let touched = '';

/** The vault is being locked: a touch on a reminder that comes from here on waits for the unlock. */
export function keepPlace(drafts: Drafts): void {
  isLocking = true;
  drafts.set(PLACE, location.pathname);
}

/** Goes on with an empty page: where a reminder that was touched meanwhile leads, or at the door. */
export function leave(): void {
  isLeaving = true;
  location.replace(touched || '/');
}

/**
 * Whether a touch on a reminder is taken along through the lock: a tablet that wakes locks first, and hears of the touch while its
 * page is going.
 */
export function takesAlong(path: string): boolean {
  if (!isLocking) return false;
  touched = path;
  if (isLeaving) leave();
  return true;
}

/** Told once. */
export function placeIn(drafts: Drafts, vault: string | null): string | undefined {
  const here = location.pathname;
  // A touch on a reminder, before the unlock: that is where somebody wants to go.
  const asked = here.startsWith('/reminder/') ? here : undefined;
  const place = asked ?? drafts.get(PLACE) ?? (sessionStorage.getItem(LATEST) === vault ? location.pathname : undefined);
  drafts.drop(PLACE);
  sessionStorage.setItem(LATEST, vault ?? '');
  return place;
}
