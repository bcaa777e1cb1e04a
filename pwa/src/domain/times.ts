/** Times as the field uses them: half hours, days in Brussels, late. */

const ZONE = 'Europe/Brussels';
const SLOT_MS = 30 * 60_000;

/** The start of the half hour, as it stands in a count: `2026-09-19T11:30Z`. */
export const slotOf = (ms: number): string => `${new Date(Math.floor(ms / SLOT_MS) * SLOT_MS).toISOString().slice(0, 16)}Z`;

/** An instant as it is kept, in seconds. */
export const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

// Made once, and not before it is asked for: making one takes a hundred times as long as using it.
let days: Intl.DateTimeFormat | undefined;

/** The calendar day in Brussels: `2026-09-19`. */
export function dayOf(ms: number): string {
  days ??= new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE });
  return days.format(ms);
}

/** The instant of a day and an hour on the wall in Brussels. */
export function instantOf(day: string, hour: string): string {
  const guess = Date.parse(`${day}T${hour}:00Z`);
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' });
  const offsetMs = Date.parse(`${wall.format(guess).replace(' ', 'T')}:00Z`) - guess;
  const first = guess - offsetMs;
  // Near a change of the clocks the offset at the guess is not that of the answer.
  const secondOffset = Date.parse(`${wall.format(first).replace(' ', 'T')}:00Z`) - first;
  return iso(guess - secondOffset);
}

/** Today, tomorrow and the days after, as days in Brussels. */
export function daysFrom(ms: number, count: number): string[] {
  const noon = Date.parse(`${dayOf(ms)}T12:00:00Z`);
  return Array.from({ length: count }, (_, n) => dayOf(noon + n * 86_400_000));
}
