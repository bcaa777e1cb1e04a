/** Where a worker was when their vault was locked, or when the page was loaded again. */
import type { Drafts } from './types.ts';

const PLACE = 'place';
const LATEST = 'onthaal.vault'; // which vault this tab had open: another worker does not begin where that one was

export const keepPlace = (drafts: Drafts): void => drafts.set(PLACE, location.pathname);

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
