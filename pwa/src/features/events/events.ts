/** Setting up an event: what a new one holds, and how it goes on. */
import type { Change, Device, Records, Shown } from '../../device/types.ts';
import { dayOf } from '../../domain/times.ts';

export const NEXT: Readonly<Record<string, string>> = { draft: 'open', open: 'closed', closed: 'restituted', restituted: 'archived' };
/** How a draft leaves: no event is deleted, so it takes every step there is. */
export const TO_ARCHIVE: readonly string[] = ['open', 'closed', 'restituted', 'archived'];
export const LANGUAGES = ['nl', 'fr', 'en', 'ar', 'tr', 'es', 'ro', 'uk', 'pt', 'pl', 'fa', 'ps', 'ti', 'so', 'bg', 'ru'];

export interface Plan {
  readonly name: string;
  readonly place: string;
  readonly municipality: string;
  readonly event_kind: string;
  readonly from: string;
  readonly to: string;
  readonly opens: string;
  readonly closes: string;
}

export const blankPlan = (nowMs: number): Plan => ({
  name: '',
  place: '',
  municipality: '',
  event_kind: 'square',
  from: dayOf(nowMs),
  to: dayOf(nowMs),
  opens: '13:30',
  closes: '19:00',
});

/** What of an event has to be there and to agree, and the field of the record that holds it. */
export const FIELDS = {
  name: 'name',
  place: 'place',
  from: 'dates/from',
  to: 'dates/to',
  opens: 'hours/opens_at',
  closes: 'hours/closes_at',
} as const;
export type Told = Readonly<Record<keyof typeof FIELDS, string>>;

/** What else is told of an event in words; each may be empty. */
export const MORE = ['municipality', 'area_code', 'requested_by', 'start_problem', 'question_of_the_day'] as const;
export type Problem = 'event-needs-this' | 'event-ends-early' | 'event-closes-early';

/** Whether its hours end after midnight: only where it has a later date to end on. */
export const closesNextDay = ({ from, to, opens, closes }: Told): boolean => closes !== '' && closes < opens && to > from;

/** What is wrong with an event as it is told, by field; of two that do not agree, both. */
export function problemsOf(told: Told): Partial<Record<keyof Told, Problem>> {
  const problems: Partial<Record<keyof Told, Problem>> = {};
  if (told.to < told.from) problems.from = problems.to = 'event-ends-early';
  if (told.closes <= told.opens && !closesNextDay(told)) problems.opens = problems.closes = 'event-closes-early';
  for (const field of Object.keys(FIELDS) as (keyof Told)[]) if (!told[field].trim()) problems[field] = 'event-needs-this';
  return problems;
}

/** The event as it is first kept: a draft with its maker in the team. */
export function makeEvent(device: Device, id: string, plan: Plan): Change {
  return {
    kind: 'event',
    id,
    event: id,
    set: {
      event_kind: plan.event_kind,
      name: plan.name.trim(),
      place: plan.place.trim(),
      municipality: plan.municipality.trim(),
      'dates/from': plan.from,
      'dates/to': plan.to < plan.from ? plan.from : plan.to,
      'hours/opens_at': plan.opens,
      'hours/closes_at': plan.closes,
      state: 'draft',
      [`team/${device.me.member}`]: true,
    },
  };
}

/** Whether an event is still a draft that nobody wrote anything at: its tables and blank cards are all there is of it. */
export function isUnused(records: Records, event: Shown): boolean {
  const isOf = (kind: string): Shown[] => records.all(kind).filter((one) => one.event === event.id);
  const isWritten = ['visit', 'issue', 'referral', 'follow_up', 'tally', 'contact', 'consent', 'topic', 'remark'].some(
    (kind) => isOf(kind).length > 0,
  );
  return event.view.state === 'draft' && !isWritten && isOf('card').every((card) => card.view.state === 'blank');
}

/** A service that stood in no list yet. */
export const makeService = (id: string, name: string, languages: readonly string[], themes: readonly string[]): Change => ({
  kind: 'service',
  id,
  event: '',
  set: {
    name,
    status: 'active',
    ...Object.fromEntries(languages.map((one) => [`languages/${one}`, true])),
    ...Object.fromEntries(themes.map((one) => [`themes/${one}`, true])),
  },
});
