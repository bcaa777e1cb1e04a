/** Who may do what: by role × kind × field × state. Twin of sync/rights.py. Vectors: sync/vectors/access.json. */
import { type Actor, type Around, isClosed, type Known, serviceOf, servicesNaming } from './around.ts';
import { audience, FIELD_ROLES, LISTENERS, streamsOf } from './audiences.ts';
import type { Edit } from './edits.ts';
import { baseOf } from './kinds.ts';

/** Whether an actor may make an edit; `event` is that of the edit, `e` its corrected stamp. */
export function may(
  { actor, edit, e, around }: Pick<Right, 'actor' | 'edit' | 'e' | 'around'>,
  before: Known | undefined,
  after: Known,
  event: Known | undefined,
): boolean {
  if (actor.server || edit.kind === 'member') return actor.server === true && edit.kind === 'member';
  if (edit.kind === 'remark' && before) return false; // never edited, only added
  if (actor.role === 'coordinator') return true;
  if (event?.view[`team/${actor.member}`] !== true) return false;
  const right = RIGHTS[edit.kind]?.[FIELD_ROLES.has(actor.role) ? 'field' : actor.role];
  const own = !before || before.author === actor.member;
  return right?.({ actor, record: before ?? after, edit, event, e, around, own, isNew: !before }) ?? false;
}

interface Right {
  readonly actor: Actor;
  readonly record: Known;
  readonly edit: Edit;
  readonly event: Known;
  readonly e: string;
  readonly around: Around;
  readonly own: boolean;
  readonly isNew: boolean;
}

const touchesOnly = (edit: Edit, ...names: string[]): boolean => Object.keys(edit.set).every((name) => names.includes(baseOf(name)));

function mayIssue({ actor, record, edit, event, e, around, own, isNew }: Right): boolean {
  if (Object.hasOwn(edit.set, 'review') && !(isNew && edit.set.review === 'new')) return false;
  // What was written before the event closed and arrives later is honest.
  if (own) return isNew || !isClosed(event) || e <= event.moved;
  if (actor.role !== 'service_worker') return false;
  return [...servicesNaming(record, around)].includes(`service:${actor.service}`) && touchesOnly(edit, 'barriers', 'level', 'subtheme');
}

function mayReferral({ actor, record, edit, around, own }: Right): boolean {
  if (edit.set.state === 'expired') return false;
  if (own) return true;
  const isServed = actor.service !== null && serviceOf(record, around) === actor.service;
  return isServed && record.view.state !== 'draft' && touchesOnly(edit, 'state', 'state_reason');
}

const mayFollowUp = ({ actor, record, own }: Right): boolean =>
  own || [`member:${actor.member}`, `service:${actor.service}`].includes(record.view.assignee as string);

function mayPresence({ actor, record, edit, isNew }: Right): boolean {
  const isAtTable = actor.service !== null && record.view.service === actor.service;
  return !isNew && touchesOnly(edit, 'state', 'until', ...(isAtTable ? ['languages'] : []));
}

function mayTopic({ actor, edit, isNew }: Right): boolean {
  if (!LISTENERS.has(actor.role) || !touchesOnly(edit, 'title', 'themes', 'issues', 'state')) return false;
  return !Object.hasOwn(edit.set, 'state') || (isNew && edit.set.state === 'heard');
}

function mayRemark({ actor, record, event, around, isNew }: Right): boolean {
  const streams = streamsOf(actor, [event]);
  return isNew && [...audience(record, around)].some((stream) => streams.has(stream));
}

const mayOwn = ({ own }: Right): boolean => own;

const RIGHTS: Readonly<Record<string, Readonly<Record<string, (right: Right) => boolean>>>> = {
  presence: { field: mayPresence },
  tally: { field: mayOwn, logistics: ({ own, record }) => own && ['coffee', 'meal', 'child'].includes(record.view.what as string) },
  card: { field: () => true },
  visit: { field: mayOwn },
  issue: { field: mayIssue },
  referral: { field: mayReferral },
  follow_up: { field: mayFollowUp, resident: ({ record }) => Boolean(record.view.topic) },
  contact: { field: mayOwn },
  consent: { field: ({ own, edit }) => own || touchesOnly(edit, 'withdrawn_at') },
  topic: { field: mayTopic },
  remark: { field: mayRemark, resident: mayRemark },
  erasure: { field: ({ isNew }) => isNew },
};
