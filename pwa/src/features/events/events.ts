/** Setting up an event: what a new one holds, and how it goes on. */
import type { Change, Device } from '../../device/types.ts';
import { dayOf } from '../../domain/times.ts';

export const NEXT: Readonly<Record<string, string>> = { draft: 'open', open: 'closed', closed: 'restituted', restituted: 'archived' };
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
