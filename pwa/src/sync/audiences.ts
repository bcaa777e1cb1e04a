/** Who may see what. Twin of sync/audiences.py, which says why. Vectors: sync/vectors/access.json. */
import {
  type Actor,
  type Around,
  hangsOnCard,
  isClosed,
  isLive,
  isText,
  type Known,
  named,
  serviceOf,
  servicesNaming,
  team,
} from './around.ts';

/** Who talk with visitors. */
export const FIELD_ROLES: ReadonlySet<string> = new Set(['generalist', 'service_worker', 'researcher', 'bar']);
export const LISTENERS: ReadonlySet<unknown> = new Set<unknown>(['researcher', 'bar']);
const OPEN_FOLLOW_UP = new Set<unknown>(['proposed', 'planned', 'moved', 'not_met']);
const HIDDEN_TOPIC = new Set<unknown>([undefined, null, 'heard', 'blocked_by_risk']);

/** The streams whose devices may see a record. */
export function audience(record: Known, around: Around): Set<string> {
  if (record.event === '') return new Set(['org']);
  const stream = `event:${record.event}`;
  if (['event', 'presence', 'tally'].includes(record.kind)) return new Set([stream]);
  if (record.kind === 'card') return new Set([`${stream}/cards`]);
  if (record.erased) return new Set([`${stream}/desk`]);
  if (record.kind === 'remark') {
    const about = named(around, record, 'about');
    return about && about.event === record.event && about.kind !== 'remark' ? audience(about, around) : new Set();
  }
  return new Set([...(PARTS[record.kind]?.(record, around) ?? [])].map((part) => `${stream}/${part}`));
}

/** The streams of a member's devices, given the events of the organisation. */
export function streamsOf(actor: Actor, events: Iterable<Known>): Set<string> {
  const streams = new Set(['org']);
  for (const event of events) {
    const stream = `event:${event.id}`;
    if (event.view.state === 'archived') continue;
    if (actor.role === 'coordinator') {
      for (const one of [stream, `${stream}/cards`, `${stream}/desk`, `${stream}/member:${actor.member}`]) streams.add(one);
    } else if (event.view[`team/${actor.member}`] === true && actor.role !== 'admin') {
      streams.add(stream).add(`${stream}/member:${actor.member}`);
      if (FIELD_ROLES.has(actor.role)) streams.add(`${stream}/cards`);
      if (actor.service) streams.add(`${stream}/service:${actor.service}`);
      if (actor.role === 'resident') streams.add(`${stream}/residents`);
    }
  }
  return streams;
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

type Parts = (record: Known, around: Around) => Iterable<string>;

const visitParts: Parts = (record) => ['desk', `member:${record.author}`];

function* issueParts(record: Known, around: Around): Generator<string> {
  yield 'desk';
  const event = around.get(record.event);
  // After closing, too, while the coordinator has a question about it: whom else to ask (decision 0010)?
  if (!event || !isClosed(event) || record.view.review === 'question') yield `member:${record.author}`;
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
  yield* assigneeOf(record);
  if (record.view.topic) yield 'residents';
}

/** The stream of who acts; an older record may hold any text. */
function* assigneeOf({ view: { assignee } }: Known): Generator<string> {
  if (isText(assignee) && /^(member|service):/.test(assignee)) yield assignee;
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
    // Who took the number says who is to call: nobody opens it by a promise of their own (decision 0027).
    const isTheirs = other.author === record.author;
    if (other.kind === 'follow_up' && isTheirs && OPEN_FOLLOW_UP.has(other.view.state)) yield* assigneeOf(other);
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
