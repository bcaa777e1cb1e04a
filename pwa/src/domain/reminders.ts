/**
 * What this device's own records say of promises that want attention, without a network and without any push.
 * Pure: records, preferences and a moment in, promises out. The server says the same of whom it sends a push to
 * (docs/reminders.md); here quiet hours do not count: who has the app open looks by themselves.
 *
 *     late        its day, or its hour, has gone by
 *     soon        so long before its hour as its worker, or the promise itself, asks for (two hours)
 *     today       later today
 *     tomorrow    from the evening before
 *     ahead       from an evening earlier than that, where somebody asked for it
 */
import type { Me, Moments, Records, Shown } from '../device/types.ts';
import { type Actor, streamsOf } from '../sync/access.ts';
import { dayOfPromise, dueOf, isOpen, mine, soonest } from './promises.ts';
import { dayOf, instantOf } from './times.ts';

export type Standing = 'late' | 'soon' | 'today' | 'tomorrow' | 'ahead';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** How a promise stands on a moment, or `undefined` where nobody has to think of it yet. */
export function standingOf(promise: Shown, moments: Moments, nowMs: number): Standing | undefined {
  const due = dueOf(promise, nowMs);
  if (due === 'done' || due === 'late') return due === 'late' ? due : undefined;
  const before = beforeOf(promise, moments);
  // Late in the evening "soon" may be tomorrow: an hour after midnight.
  if (isSoon(promise, before, nowMs)) return 'soon';
  if (due === 'today') return 'today';
  const days = daysUntil(dayOfPromise(promise), nowMs);
  // The evening that is meant may be this one, or one that is over.
  const isMeant = before.some((one) => days < daysOf(one) || (days === daysOf(one) && nowMs >= Date.parse(evening(moments, nowMs))));
  if (!isMeant) return undefined;
  return days === 1 ? 'tomorrow' : 'ahead';
}

/** The person's moments and the promise's own. `P1D` of a promise adds nothing: apps wrote it without asking. */
function beforeOf({ view }: Shown, { before }: Moments): readonly string[] {
  const own = view.remind_before;
  return typeof own === 'string' && own !== 'P1D' ? [...before, own] : before;
}

function isSoon({ view }: Shown, before: readonly string[], nowMs: number): boolean {
  const at = typeof view.at === 'string' ? Date.parse(view.at) : Number.NaN;
  return at - nowMs <= Math.max(0, ...before.map(minutesOf)) * MINUTE_MS;
}

/** When a calendar rings for a promise: so many minutes before its hour, or before its day begins; what is over is left out. */
export function alarmsOf(promise: Shown, moments: Moments, nowMs: number): number[] {
  const day = dayOfPromise(promise);
  if (!day) return [];
  const hourMs = typeof promise.view.at === 'string' ? Date.parse(promise.view.at) : Number.NaN;
  const startMs = Number.isNaN(hourMs) ? Date.parse(instantOf(day, '00:00')) : hourMs;
  const momentOf = (one: string): number => {
    const days = daysOf(one);
    if (days > 0) return Date.parse(instantOf(dayOf(Date.parse(`${day}T12:00:00Z`) - days * DAY_MS), moments.evening_at));
    return hourMs - minutesOf(one) * MINUTE_MS; // NaN for a day without an hour
  };
  const ahead = beforeOf(promise, moments)
    .map(momentOf)
    .filter((ms) => ms > nowMs && ms < startMs);
  return [...new Set(ahead.map((ms) => Math.round((startMs - ms) / MINUTE_MS)))].toSorted((one, two) => two - one);
}

/** `P2D` → 2; 0 for what is no number of days. */
const daysOf = (duration: string): number => Number(/^P(\d{1,3})D$/.exec(duration)?.[1] ?? 0);

/** `PT2H` → 120; 0 for what is no number of hours or minutes. */
export function minutesOf(duration: string): number {
  const [, hours = '0', minutes = '0'] = /^PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?$/.exec(duration) ?? [];
  return Number(hours) * 60 + Number(minutes);
}

const evening = ({ evening_at }: Moments, nowMs: number): string => instantOf(dayOf(nowMs), evening_at);

/** Days by the calendar on the wall: one of 23 or 25 hours is one all the same. */
const daysUntil = (day: string, nowMs: number): number => Math.round((Date.parse(day) - Date.parse(dayOf(nowMs))) / DAY_MS);

export type Standings = Readonly<Record<Standing, readonly Shown[]>>;

/** The promises of a member that want attention now, soonest first; for a coordinator those that nobody took after them. */
export function standings(records: Records, me: Me, moments: Moments, nowMs: number): Standings {
  const found: Record<Standing, Shown[]> = { late: [], soon: [], today: [], tomorrow: [], ahead: [] };
  const others = me.role === 'coordinator' ? nobodys(records) : [];
  for (const promise of new Set([...mine(records, me), ...others])) {
    const standing = standingOf(promise, moments, nowMs);
    if (standing) found[standing].push(promise);
  }
  return found;
}

/** How many that are: all that an app's icon tells. */
export const countOf = (found: Standings): number => Object.values(found).reduce((sum, list) => sum + list.length, 0);

/** Open promises that nobody of us has, soonest first: never taken on, or by somebody who left. The coordinator's to give, as server/reminders/whom.py reminds. */
export function nobodys(records: Records): Shown[] {
  const seen = seeing(records);
  return records
    .all('follow_up')
    .filter((one) => isOpen(one) && isNobodys(one, seen(one.event)))
    .toSorted(soonest);
}

/** Whose one of those was: a member or a service that left the event; '' where nobody ever took it on. */
export function formerOf({ author, view }: Shown): string {
  if (typeof view.assignee === 'string') return view.assignee.slice(view.assignee.indexOf(':') + 1);
  return isOurs(view) ? '' : author;
}

const isOurs = ({ who_acts }: Shown['view']): boolean => who_acts === 'member' || who_acts === 'service';

function isNobodys({ event, author, view }: Shown, seen: ReadonlySet<string> | undefined): boolean {
  const isUntaken = !view.assignee && isOurs(view);
  if (!seen) return isUntaken; // nothing is known of its event here
  const sees = (part: unknown): boolean => seen.has(`event:${event}/${part}`);
  return sees('desk') && (isUntaken || !sees(view.assignee || `member:${author}`));
}

/** By event: the streams that somebody of the team sees; none of an event that was put away. */
function seeing(records: Records): (event: string) => ReadonlySet<string> | undefined {
  const found = new Map<string, ReadonlySet<string> | undefined>();
  const streams = (id: string): ReadonlySet<string> | undefined => {
    const event = records.get(id);
    const active = records.all('member').filter(({ view }) => view.active !== false);
    return event && new Set(active.flatMap((one) => [...streamsOf(actorOf(one), [event])]));
  };
  return (event) => {
    if (!found.has(event)) found.set(event, streams(event));
    return found.get(event);
  };
}

/** A member as it is asked who sees what. */
export const actorOf = ({ id, view }: Shown): Actor => ({
  member: id,
  role: String(view.role),
  service: typeof view.service === 'string' ? view.service : null,
  server: false,
});
