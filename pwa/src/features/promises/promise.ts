/** A promise while it is being made: what is known so far, kept as a draft until it can stand. */
import type { Change, Device, Shown } from '../../device/types.ts';
import type { Face } from '../../domain/cards.ts';
import { dayOfPromise } from '../../domain/promises.ts';
import { dayOf, daysFrom, instantOf } from '../../domain/times.ts';
import type { Value } from '../../sync/edits.ts';
import { KINDS } from '../../sync/kinds.ts';
import { clock, day as dayInWords } from '../../text/text.svelte.ts';
import { type Reach, UNASKED } from './reach.ts';

export interface Half {
  readonly what: string;
  readonly who: string;
  readonly day: string;
  readonly hour: string;
  readonly place: string;
  readonly promised: string;
  readonly needs: readonly string[];
  /** How the person is reached, as it is being asked. */
  readonly reach: Reach;
  /** The card's, where it is not known yet. */
  readonly face: Face;
}

export const BLANK: Half = {
  what: 'meeting',
  who: 'member',
  day: '',
  hour: '',
  place: '',
  promised: '',
  needs: [],
  reach: UNASKED,
  face: { animal: '', number: '' },
};

export const NEEDS: readonly string[] = KINDS.follow_up?.fields.needs?.keys ?? [];

interface Day {
  readonly value: string;
  readonly label: string;
}

/** Today and the seven days after, to choose from. */
export const daysAhead = (nowMs: number): Day[] =>
  daysFrom(nowMs, 8).map((value) => ({ value, label: dayInWords(Date.parse(`${value}T12:00:00Z`)) }));

/** The seven days after the one a promise is for, or after today where that has passed: its own day would move nothing. */
export const daysAfter = (promise: Shown, nowMs: number): Day[] =>
  daysAhead(Math.max(nowMs, Date.parse(`${dayOfPromise(promise)}T12:00:00Z`) || 0)).slice(1);

/** A promise that stands, in the words of the form. */
export function halfOf({ view }: Shown): Half {
  const at = view.at ? Date.parse(String(view.at)) : undefined;
  const text = (name: string): string => String(view[name] ?? '');
  return {
    what: text('what'),
    who: text('who_acts'),
    place: text('place'),
    promised: text('promised'),
    day: at ? dayOf(at) : text('on'),
    hour: at ? clock(at) : '',
    needs: NEEDS.filter((need) => view[`needs/${need}`] === true),
    reach: BLANK.reach,
    face: BLANK.face,
  };
}

/** Who has to act, as it is kept. */
export function assigneeOf(device: Device, who: string): string | null {
  if (who === 'member') return `member:${device.me.member}`;
  return who === 'service' && device.me.service ? `service:${device.me.service}` : null;
}

/** A day, and an hour where one was named: an instant or a date, never both. */
export const whenOf = (day: string, hour: string): Record<string, string | null> =>
  hour ? { at: instantOf(day, hour), on: null } : { on: day, at: null };

/** The steps by which an open promise is done: what was proposed or moved was agreed first. */
export const donePerStep = ({ view }: Shown): { state: string }[] =>
  view.state === 'planned' ? [{ state: 'done' }] : [{ state: 'planned' }, { state: 'done' }];

/** The same promise once more, where it was said to be done by mistake: what is done is never open again, only withdrawn. */
export function undone(device: Device, { id, event, view }: Shown): Change[] {
  const { state: _, state_reason: __, ...said } = view;
  const again = { kind: 'follow_up', id: device.newId(), event, set: { ...said, state: 'planned' } };
  return [again, { kind: 'follow_up', id, event, set: { state: 'withdrawn' } }];
}

/** Whether this tablet's worker may say that a promise stands so now: it is planned again twice at most where nobody met. */
export const mayMove = (device: Pick<Device, 'may'>, { id, event }: Shown, state: string): boolean =>
  device.may({ kind: 'follow_up', id, event, set: { state } }) === undefined;

/** What was touched of a promise that stands: with another moment, what was moved or came to nothing is planned again, or it would remind nobody. */
export function touched({ view }: Shown, edit: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const isAgain = ('at' in edit || 'on' in edit) && (view.state === 'moved' || view.state === 'not_met');
  return isAgain ? { ...edit, state: 'planned' } : edit;
}

/** The promise as it is first kept. */
export function promise(device: Device, event: string, id: string, card: string, half: Half): Change {
  const when = half.hour ? { at: instantOf(half.day, half.hour) } : { on: half.day };
  const assignee = assigneeOf(device, half.who);
  return {
    kind: 'follow_up',
    id,
    event,
    set: {
      card,
      what: half.what,
      who_acts: half.who,
      ...(assignee ? { assignee } : {}),
      ...when,
      ...(half.place.trim() ? { place: half.place.trim() } : {}),
      ...Object.fromEntries(half.needs.map((need) => [`needs/${need}`, true])),
      ...(half.promised.trim() ? { promised: half.promised.trim() } : {}),
      state: 'planned',
    },
  };
}
