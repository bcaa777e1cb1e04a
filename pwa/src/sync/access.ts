/** Who may do what, and who may see what. Twin of sync/access.py, which says why. Vectors: sync/vectors/access.json. */
import { view, winner } from './apply.ts';
import type { Edit, SyncRecord, Value } from './edits.ts';
import { LIMITS } from './kinds.tables.ts';
import { baseOf, cardId, erasureId, isCardNumber, KINDS, LINKS, THEMES, tallyId } from './kinds.ts';

export type Verdict = 'not_allowed' | 'not_possible' | undefined;
export type Seen = (dot: string) => Edit | undefined;
type View = Readonly<Record<string, Value>>;

const FIELD_ROLES = new Set(['generalist', 'service_worker', 'researcher', 'bar']);
const LISTENERS = new Set<unknown>(['researcher', 'bar']);
const NOT_LIVE = new Set<unknown>([undefined, null, 'draft', 'rejected', 'cancelled', 'expired', 'withdrawn', 'entered_in_error']);
const OPEN_FOLLOW_UP = new Set<unknown>(['proposed', 'planned', 'moved', 'not_met']);
const HIDDEN_TOPIC = new Set<unknown>([undefined, null, 'heard', 'blocked_by_risk']);
const UNCLOSED = new Set<unknown>([undefined, null, 'draft', 'open']);

/** A record as others see it: its shown values. `moved` is the stamp of its shown `state`. */
export interface Known {
  readonly kind: string;
  readonly id: string;
  readonly event: string;
  readonly author: string;
  readonly view: View;
  readonly erased: boolean;
  readonly moved: string;
}

/** What surrounds a record; pure look-ups in what was loaded before. */
export interface Around {
  get(id: string): Known | undefined;
  naming(id: string): Iterable<Known>;
}

/** Who acts: from the token, never from the body. */
export interface Actor {
  readonly member: string;
  readonly role: string;
  readonly service: string | null;
  readonly server?: boolean;
}

/** What others look up of a record. */
export function known(record: SyncRecord): Known {
  const states = record.live.get('state');
  const moved = states?.length ? winner('state', states).e : '';
  const { kind, id, event, author, erased } = record;
  return { kind, id, event, author, view: view(record), erased, moved };
}

const isText = (value: Value | undefined): value is string => typeof value === 'string';

/** The ids that a record names. */
export function links(kind: string, shown: View): string[] {
  return (LINKS[kind] ?? []).map((name) => shown[name]).filter(isText);
}

/** The records whose audience hangs directly on this one. */
export function* hanging(record: Known, around: Around): Generator<Known> {
  for (const other of around.naming(record.id)) {
    const hangs = (record.kind === 'presence' && other.kind === 'referral') || (record.kind === 'visit' && other.kind === 'issue');
    if (other.kind === 'remark' || other.kind === 'demand' || hangs) yield other;
  }
  if (record.kind === 'referral') {
    for (const name of ['issue', 'consent']) {
      const target = named(around, record, name);
      if (target) yield target;
    }
  }
  const card = record.view.card;
  if ((record.kind === 'referral' || record.kind === 'follow_up') && isText(card)) {
    for (const other of around.naming(card)) if (other.kind === 'contact') yield other;
  }
}

function named(around: Around, record: Known, name: string): Known | undefined {
  const value = record.view[name];
  return isText(value) ? around.get(value) : undefined;
}

// ── audiences ────────────────────────────────────────────────────────────────────────────────────────

/** The streams whose devices may see a record. */
export function audience(record: Known, around: Around): Set<string> {
  if (record.event === '') return new Set(['org']);
  const stream = `event:${record.event}`;
  if (['event', 'presence', 'tally', 'card'].includes(record.kind)) return new Set([stream]);
  if (record.erased) return new Set([`${stream}/desk`]);
  if (record.kind === 'remark') {
    const about = named(around, record, 'about');
    return about && about.event === record.event && about.kind !== 'remark' ? audience(about, around) : new Set();
  }
  return new Set([...(PARTS[record.kind]?.(record, around) ?? [])].map((part) => `${stream}/${part}`));
}

type Parts = (record: Known, around: Around) => Iterable<string>;

const visitParts: Parts = (record) => ['desk', `member:${record.author}`];

function* issueParts(record: Known, around: Around): Generator<string> {
  yield 'desk';
  const event = around.get(record.event);
  // After closing, too, while the coordinator has a question about it: whom else to ask (decision 0010)?
  if (!event || UNCLOSED.has(event.view.state) || record.view.review === 'question') yield `member:${record.author}`;
  yield* servicesNaming(record, around);
  if (event && !hangsOnCard(record.view, around)) yield* listeners(event, around);
}

function* listeners(event: Known, around: Around): Generator<string> {
  for (const member of team(event)) if (LISTENERS.has(around.get(member)?.view.role)) yield `member:${member}`;
}

function* referralParts(record: Known, around: Around): Generator<string> {
  yield* ['desk', `member:${record.author}`];
  const service = serviceOf(record, around);
  const state = record.view.state ?? null;
  if (service && state !== null && state !== 'draft' && state !== 'withdrawn') yield `service:${service}`;
}

function* followUpParts(record: Known): Generator<string> {
  yield* ['desk', `member:${record.author}`];
  const assignee = record.view.assignee;
  if (isText(assignee) && /^(member|service):/.test(assignee)) yield assignee;
  if (record.view.topic) yield 'residents';
}

function* consentParts(record: Known, around: Around): Generator<string> {
  yield* ['desk', `member:${record.author}`];
  yield* servicesNaming(record, around);
}

function* contactParts(record: Known, around: Around): Generator<string> {
  yield `member:${record.author}`;
  const card = record.view.card;
  if (!isText(card)) return;
  for (const other of around.naming(card)) {
    const assignee = other.view.assignee;
    if (other.kind === 'follow_up' && OPEN_FOLLOW_UP.has(other.view.state) && isText(assignee)) yield assignee;
    if (other.kind === 'referral' && isLive(other) && other.view['shared_fields/value'] === true) {
      const service = serviceOf(other, around);
      if (service) yield `service:${service}`;
    }
  }
}

function* topicParts(record: Known, around: Around): Generator<string> {
  yield 'desk';
  const topic = record.kind === 'topic' ? record : named(around, record, 'topic');
  const event = around.get(record.event);
  if (event) yield* listeners(event, around);
  if (topic && !HIDDEN_TOPIC.has(topic.view.state)) yield 'residents';
}

const PARTS: Readonly<Record<string, Parts>> = {
  visit: visitParts,
  issue: issueParts,
  referral: referralParts,
  follow_up: followUpParts,
  consent: consentParts,
  contact: contactParts,
  topic: topicParts,
  demand: topicParts,
  erasure: visitParts,
};

function* servicesNaming(record: Known, around: Around): Generator<string> {
  for (const other of around.naming(record.id)) {
    if (other.kind !== 'referral' || !isLive(other)) continue;
    const service = serviceOf(other, around);
    if (service) yield `service:${service}`;
  }
}

/** Whether somebody has been handed on and is not back. */
export const isLive = (referral: Known): boolean => !NOT_LIVE.has(referral.view.state);

/** The service a referral goes to: its own, or that of its table. */
export function serviceOf(referral: Known, around: Around): string | undefined {
  const table = named(around, referral, 'to_table');
  const service = table?.kind === 'presence' ? table.view.service : referral.view.to_service;
  return isText(service) ? service : undefined;
}

/** Whether an issue hangs on a card, by itself or through its talk. */
export function hangsOnCard(shown: View, around: Around): boolean {
  const talk = isText(shown.visit) ? around.get(shown.visit) : undefined;
  return Boolean(shown.card || talk?.view.card);
}

/** The members of an event's team. */
export function team(event: Known): string[] {
  return Object.keys(event.view)
    .filter((name) => name.startsWith('team/') && event.view[name] === true)
    .map((name) => name.slice(5));
}

/** The streams of a member's devices, given the events of the organisation. */
export function streamsOf(actor: Actor, events: Iterable<Known>): Set<string> {
  const streams = new Set(['org']);
  for (const event of events) {
    const stream = `event:${event.id}`;
    if (event.view.state === 'archived') continue;
    if (actor.role === 'coordinator') {
      for (const one of [stream, `${stream}/desk`, `${stream}/member:${actor.member}`]) streams.add(one);
    } else if (event.view[`team/${actor.member}`] === true && actor.role !== 'admin') {
      streams.add(stream).add(`${stream}/member:${actor.member}`);
      if (actor.service) streams.add(`${stream}/service:${actor.service}`);
      if (actor.role === 'resident') streams.add(`${stream}/residents`);
    }
  }
  return streams;
}

// ── rights ───────────────────────────────────────────────────────────────────────────────────────────

/** What an edit is judged by. `after` is the record with the edit applied, `e` its corrected stamp. */
export interface Case {
  readonly actor: Actor;
  readonly before: SyncRecord | undefined;
  readonly edit: Edit;
  readonly after: SyncRecord;
  readonly e: string;
  readonly around: Around;
  readonly seen: Seen;
}

/** `undefined` where an edit may be applied, else why it is parked. */
export function judge(one: Case): Verdict {
  const { edit, around } = one;
  const event = edit.event ? around.get(edit.event) : undefined;
  if (edit.event && !event && edit.kind !== 'event') return 'not_possible';
  const after = known(one.after);
  const before = one.before && known(one.before);
  if (!may(one, before, after, event)) return 'not_allowed';
  if (Object.hasOwn(edit.set, 'state') && KINDS[edit.kind]?.first?.length && !moveIsLegal(edit, one.seen)) return 'not_possible';
  const rule = RULES[edit.kind];
  return rule && after.view.deleted !== true && !rule(before, edit, after, around) ? 'not_possible' : undefined;
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

function may(one: Case, before: Known | undefined, after: Known, event: Known | undefined): boolean {
  const { actor, edit, e, around } = one;
  if (actor.server || edit.kind === 'member') return actor.server === true && edit.kind === 'member';
  if (edit.kind === 'remark' && before) return false; // never edited, only added
  if (actor.role === 'coordinator') return true;
  if (event?.view[`team/${actor.member}`] !== true) return false;
  const right = RIGHTS[edit.kind]?.[FIELD_ROLES.has(actor.role) ? 'field' : actor.role];
  const own = !before || before.author === actor.member;
  return right?.({ actor, record: before ?? after, edit, event, e, around, own, isNew: !before }) ?? false;
}

const touchesOnly = (edit: Edit, ...names: string[]): boolean => Object.keys(edit.set).every((name) => names.includes(baseOf(name)));
const touches = (edit: Edit, ...names: string[]): boolean => Object.keys(edit.set).some((name) => names.includes(baseOf(name)));

function mayIssue({ actor, record, edit, event, e, around, own, isNew }: Right): boolean {
  if (Object.hasOwn(edit.set, 'review') && !(isNew && edit.set.review === 'new')) return false;
  // What was written before the event closed and arrives later is honest.
  if (own) return isNew || UNCLOSED.has(event.view.state) || e <= event.moved;
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

// ── moves ────────────────────────────────────────────────────────────────────────────────────────────

const stateDots = (edit: Edit): readonly string[] => (edit.over && Object.hasOwn(edit.over, 'state') ? (edit.over.state ?? []) : []);

function moveIsLegal(edit: Edit, seen: Seen): boolean {
  const fresh = edit.set.state as Value;
  const dots = stateDots(edit);
  if (dots.length === 0) return KINDS[edit.kind]?.first?.includes(fresh as string) ?? false;
  const seenOnes = dots.map(seen);
  if (seenOnes.some((one) => !one || !Object.hasOwn(one.set, 'state'))) return false;
  return seenOnes.some((one) => one !== undefined && isMove(one, fresh, seen));
}

function isMove(old: Edit, fresh: Value, seen: Seen): boolean {
  const was = old.set.state as Value;
  if (fresh === was) return true; // settled on one of the values, or said twice
  if (old.kind === 'topic' && was === 'blocked_by_risk') return stateDots(old).some((dot) => seen(dot)?.set.state === fresh);
  if (fresh === 'planned' && was === 'not_met' && countNotMet(old, seen) > LIMITS.notMet) return false;
  const next = KINDS[old.kind]?.next ?? {};
  return isText(was) && Object.hasOwn(next, was) && (next[was]?.includes(fresh as string) ?? false);
}

function countNotMet(move: Edit, seen: Seen): number {
  const done = new Set<string>();
  const todo: Edit[] = [move];
  let count = 0;
  for (let one = todo.pop(); one; one = todo.pop()) {
    const dot = `${one.a}:${one.n}`;
    if (done.has(dot)) continue;
    done.add(dot);
    if (one.set.state === 'not_met') count++;
    for (const earlier of stateDots(one).map(seen)) if (earlier) todo.push(earlier);
  }
  return count;
}

// ── rules between fields, on the record after the edit ───────────────────────────────────────────────

type Rule = (before: Known | undefined, edit: Edit, after: Known, around: Around) => boolean;

const isResidence = (shown: View): boolean => shown.theme === 'RES' && shown.subtheme !== 'RES.05';

const issueRule: Rule = (before, edit, after, around) => {
  const shown = after.view;
  if (!before || touches(edit, 'theme', 'subtheme', 'own_words', 'card', 'visit')) {
    if (isText(shown.subtheme) && THEMES[shown.subtheme]?.parent !== shown.theme) return false;
    if (!shown.theme && !shown.own_words) return false;
    if (isResidence(shown) && hangsOnCard(shown, around)) return false;
  }
  return !(shown.risk_flag === true && ![undefined, null, 'no'].includes(shown.quote_consent as string));
};

const visitRule: Rule = (_, edit, after, around) =>
  !edit.set.card || ![...around.naming(after.id)].some((other) => other.kind === 'issue' && isResidence(other.view));

const followUpRule: Rule = (_before, _edit, { view: shown }) =>
  Boolean(shown.card) !== Boolean(shown.topic) && Boolean(shown.at) !== Boolean(shown.on);

const referralRule: Rule = (_, edit, after, around) => {
  const shown = after.view;
  const isBack = shown.state === 'rejected' || shown.state === 'failed';
  if (Object.hasOwn(edit.set, 'state') && isBack && !shown.state_reason) return false;
  const asks = edit.set.state === 'requested' || touches(edit, 'mode', 'to_service', 'to_table', 'shared_fields', 'shared_note', 'consent');
  if (!asks || !isLive(after)) return true;
  const service = serviceOf(after, around);
  if (!service) return false;
  const issue = named(around, after, 'issue');
  if (issue && isResidence(issue.view) && shown.card) return false;
  const shares = Boolean(shown.shared_note) || Object.keys(shown).some((n) => n.startsWith('shared_fields/') && shown[n] === true);
  if (shown.mode === 'self' || (shown.mode === 'walked_over' && !shares)) return true;
  const consent = named(around, after, 'consent');
  return consent?.view[`purposes/refer_to:${service}`] === 'given' && !consent.view.withdrawn_at;
};

const contactRule: Rule = (before, edit, after, around) =>
  (before !== undefined && !touches(edit, 'consent')) || named(around, after, 'consent')?.view['purposes/call_back'] === 'given';

const topicRule: Rule = (_, edit, { view: shown }) => edit.set.state !== 'chosen' || Number(shown['decision/residents_n'] ?? 0) >= 1;

const cardRule: Rule = (before, edit, after) => {
  if (edit.set.state === 'erased') return false; // an erasure is asked for by a record of its own
  if (before && !touches(edit, 'animal', 'number')) return true;
  const { animal, number } = after.view;
  return isCardNumber(number) && after.id === cardId(after.event, String(animal), String(number));
};

const tallyRule: Rule = (before, edit, after) => {
  const { what, slot, device, n } = after.view;
  if (typeof n !== 'number' || n < 0) return false;
  if (before && !touches(edit, 'what', 'slot', 'device')) return true;
  return after.id === tallyId(after.event, String(what), String(slot), String(device));
};

const remarkRule: Rule = (_before, _edit, after, around) => {
  const about = named(around, after, 'about');
  return about !== undefined && about.event === after.event && about.kind !== 'remark' && Boolean(after.view.text);
};

const erasureRule: Rule = (_before, _edit, after, around) => {
  const card = named(around, after, 'card');
  return card?.kind === 'card' && card.event === after.event && after.id === erasureId(card.id);
};

const RULES: Readonly<Record<string, Rule>> = {
  visit: visitRule,
  issue: issueRule,
  referral: referralRule,
  follow_up: followUpRule,
  contact: contactRule,
  topic: topicRule,
  card: cardRule,
  tally: tallyRule,
  remark: remarkRule,
  erasure: erasureRule,
};
