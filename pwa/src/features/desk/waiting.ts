/** What of a case waits, on whom, and since when. Pure: tested without a screen. */
import type { Records, Shown } from '../../device/types.ts';
import { isTurnedAway, isUnderway } from '../../domain/handing.ts';
import { type Due, dueOf, isOpen } from '../../domain/promises.ts';
import { serviceOf } from '../../sync/access.ts';

export interface Waiting {
  readonly what: 'referral' | 'sender' | 'promise' | 'answer';
  readonly one: Shown;
  /** A member's or service's id, else `person`, `supporter` or '' where nobody was named. */
  readonly on: string;
  readonly sinceMs: number;
  /** Of promises: how they stand today. */
  readonly due: Due | undefined;
}

/** What waits in a thread, longest first. */
export function waitingOf(records: Records, thread: readonly Shown[], nowMs: number): Waiting[] {
  return thread
    .filter((one) => !one.erased)
    .map((one) => waitingFor(records, one, thread, nowMs))
    .filter((one): one is Waiting => one !== undefined)
    .toSorted((one, two) => one.sinceMs - two.sinceMs);
}

function waitingFor(records: Records, one: Shown, thread: readonly Shown[], nowMs: number): Waiting | undefined {
  if (one.kind === 'referral' && isUnderway(one))
    return { what: 'referral', one, on: serviceOf(one, records) ?? '', sinceMs: one.at('state'), due: undefined };
  if (one.kind === 'referral' && isTurnedAway(records, one, records.get(one.event)))
    return { what: 'sender', one, on: one.author, sinceMs: one.at('state'), due: undefined };
  if (one.kind === 'follow_up' && isOpen(one))
    return { what: 'promise', one, on: actorOf(one), sinceMs: one.at('state') || one.made, due: dueOf(one, nowMs) };
  if (one.kind === 'issue' && one.view.review === 'question' && !isAnswered(one, thread))
    return { what: 'answer', one, on: one.author, sinceMs: one.at('review'), due: undefined };
  return undefined;
}

/** Who acts on a promise: the one it was given to, else who made it. */
function actorOf(promise: Shown): string {
  const { assignee, who_acts } = promise.view;
  if (typeof assignee === 'string') return assignee.slice(assignee.indexOf(':') + 1);
  return who_acts === 'person' || who_acts === 'supporter' ? who_acts : promise.author;
}

/** Whether the last remark is of somebody else than who asked: a question that is put back stays answered. */
export function isAnswered(issue: Shown, thread: readonly Shown[]): boolean {
  const remarks = thread.filter((one) => one.kind === 'remark' && one.view.about === issue.id);
  const last = remarks.toSorted((one, two) => one.made - two.made).at(-1);
  return last !== undefined && last.author !== issue.by('review');
}
