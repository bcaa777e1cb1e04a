/** Promises: whose, when, and how they stand. */
import type { Me, Records, Shown } from '../device/types.ts';
import { dayOf } from './times.ts';

const OPEN = new Set<unknown>(['proposed', 'planned', 'moved', 'not_met']);

export type Due = 'late' | 'today' | 'week' | 'later' | 'done';

export const isOpen = (promise: Shown): boolean => OPEN.has(promise.view.state);

/** The day a promise is for, in Brussels; '' where it has none. */
export function dayOfPromise(promise: Shown): string {
  if (typeof promise.view.on === 'string') return promise.view.on;
  return typeof promise.view.at === 'string' ? dayOf(Date.parse(promise.view.at)) : '';
}

/** How a promise stands on a moment. */
export function dueOf(promise: Shown, nowMs: number): Due {
  if (!isOpen(promise)) return 'done';
  const at = typeof promise.view.at === 'string' ? Date.parse(promise.view.at) : Number.NaN;
  const [day, today, inAWeek] = [dayOfPromise(promise), dayOf(nowMs), dayOf(nowMs + 7 * 86_400_000)];
  if (day < today || at < nowMs - 30 * 60_000) return 'late';
  if (day === today) return 'today';
  return day <= inAWeek ? 'week' : 'later';
}

/** The promises of a member or the member's service, soonest first. */
export function mine(records: Records, me: Me): Shown[] {
  const own = new Set<unknown>([`member:${me.member}`, ...(me.service ? [`service:${me.service}`] : [])]);
  return records
    .all('follow_up')
    .filter((one) => own.has(one.view.assignee) || (one.author === me.member && !one.view.assignee))
    .sort(soonest);
}

/** Orders promises by their hour, or their day. */
export const soonest = (one: Shown, two: Shown): number => when(one) - when(two);

const when = (promise: Shown): number => Date.parse(String(promise.view.at ?? `${promise.view.on}T12:00:00Z`)) || 0;
