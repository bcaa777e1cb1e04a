/** Events in words. */
import type { Device, Records, Shown } from '../device/types.ts';
import { longDay, maybe } from '../text/text.svelte.ts';
import { iso } from './times.ts';

/** The events that are not archived: the open one first, of two the later. */
export function eventsOf(records: Records): Shown[] {
  const rank: Record<string, number> = { open: 0, draft: 1, closed: 2, restituted: 3 };
  const from = (one: Shown): string => String(one.view['dates/from'] ?? '');
  return records
    .all('event')
    .filter((one) => one.view.state !== 'archived')
    .toSorted((one, two) => (rank[String(one.view.state)] ?? 9) - (rank[String(two.view.state)] ?? 9) || (from(two) < from(one) ? -1 : 1));
}

/** Whether an event is over: what is begun now belongs to another one. */
export const isOver = (event: Shown): boolean => ['closed', 'restituted', 'archived'].includes(String(event.view.state));

/** Whether a page would begin something at an event that is over. */
export const beginsTooLate = (device: Device, event: Shown, [page, id = '']: readonly (string | undefined)[]): boolean =>
  isOver(event) && (page === 'wall' || page === 'handover' || (page === 'talk' && device.records.get(id) === undefined));

/** Whether this member begins talks at an event: the others (kitchen, residents) never see or write what visitors tell. */
export const mayTalk = (device: Device, event: Shown): boolean =>
  device.may({ kind: 'visit', id: device.newId(), event: event.id, set: { at: iso(device.now()), channel: 'tent' } }) === undefined;

/** Events to choose from: "Plein in de winter · 26 november 2026 · open"; with their place where two would read the same. */
export function eventOptions(events: readonly Shown[]): { id: string; words: string }[] {
  const words = events.map((event) => worded(event, [nameOf(event)]));
  const isAlone = (one: string): boolean => words.filter((other) => other === one).length === 1;
  return events.map((event, n) => {
    const own = words[n] ?? '';
    return { id: event.id, words: isAlone(own) ? own : worded(event, [nameOf(event), event.view.place]) };
  });
}

/** Where, when and how it stands: "Bockstael · 26 november 2026 · open". */
export const eventWords = (event: Shown): string => worded(event, [event.view.place ?? event.view.name]);

/** What an event is called. */
const nameOf = ({ view }: Shown): unknown => view.name || view.place;

function worded({ view }: Shown, what: readonly unknown[]): string {
  const from = Date.parse(`${view['dates/from']}T12:00:00Z`);
  const parts = [...what, Number.isNaN(from) ? '' : longDay(from), maybe(`event-state-${view.state}`)];
  return parts.filter(Boolean).join(' · ');
}
