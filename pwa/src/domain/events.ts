/** Events in words. */
import type { Shown } from '../device/types.ts';
import { longDay, maybe } from '../text/text.svelte.ts';

/** Where, when and how it stands: "Bockstael · 26 november 2026 · open". */
export function eventWords({ view }: Shown): string {
  const from = Date.parse(`${view['dates/from']}T12:00:00Z`);
  const parts = [view.place ?? view.name, Number.isNaN(from) ? '' : longDay(from), maybe(`event-state-${view.state}`)];
  return parts.filter(Boolean).join(' · ');
}
