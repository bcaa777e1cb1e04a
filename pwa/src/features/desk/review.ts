/** What came in at an event, by card and, where there is none, by talk or wall. Pure: tested without a screen. */
import type { Records, Shown } from '../../device/types.ts';
import { type Face, faceOf } from '../../domain/cards.ts';
import { isTurnedAway, isUnderway } from '../../domain/handing.ts';
import { dueOf } from '../../domain/promises.ts';
import { unsaid } from '../../domain/quotes.ts';
import { byCodePoint, type Value, type Version } from '../../sync/edits.ts';
import { KINDS as EVERY_KIND } from '../../sync/kinds.ts';
import { isAnswered } from './waiting.ts';

export const KINDS = ['visit', 'issue', 'referral', 'follow_up', 'consent', 'remark'] as const;

export type Filter = 'all' | 'new' | 'question' | 'waits' | 'conflict';
export const FILTERS: readonly Filter[] = ['all', 'new', 'question', 'waits', 'conflict'];
export type Order = 'latest' | 'oldest' | 'waiting';
export const ORDERS: readonly Order[] = ['latest', 'oldest', 'waiting'];

/** What a coordinator wants to see of the list. Empty texts: everything. */
export interface Wanted {
  readonly filter: Filter;
  readonly theme: string;
  /** A member who wrote something of the case. */
  readonly worker: string;
  readonly channel: string;
  readonly search: string;
  readonly order: Order;
}
export const EVERYTHING: Wanted = { filter: 'all', theme: '', worker: '', channel: '', search: '', order: 'latest' };

const KEPT = ['filter', 'theme', 'worker', 'channel', 'order'] as const;

/** What is wanted, for the address of the page: a reload shows the same. Never the words that are searched, which are a visitor's. */
export function hashOf(wanted: Wanted): string {
  const parts = KEPT.filter((name) => wanted[name] !== EVERYTHING[name]).map((name): [string, string] => [name, wanted[name]]);
  return parts.length > 0 ? `#${new URLSearchParams(parts)}` : '';
}

/** What an address says is wanted. */
export function wantedIn(hash: string): Wanted {
  const said = new URLSearchParams(hash.slice(1));
  const text = (name: string): string => said.get(name) ?? '';
  return {
    filter: FILTERS.find((one) => one === text('filter')) ?? EVERYTHING.filter,
    order: ORDERS.find((one) => one === text('order')) ?? EVERYTHING.order,
    theme: text('theme'),
    worker: text('worker'),
    channel: text('channel'),
    search: '',
  };
}

/** One line of the desk: everything that hangs together. */
export interface Case {
  readonly key: string;
  readonly by: 'card' | 'talk' | 'wall' | 'topic';
  /** Of a shared issue: its title. */
  readonly title: string;
  readonly face: Face | undefined;
  readonly records: readonly Shown[];
  readonly issues: readonly Shown[];
  readonly latest: number;
  readonly isNew: boolean;
  /** Workers went on with it after it had been looked at. */
  readonly isChanged: boolean;
  readonly asks: boolean;
  /** A question of it has its answer. */
  readonly answered: boolean;
  /** A question of it waits for its answer. */
  readonly unanswered: boolean;
  readonly waits: boolean;
  /** Since when the first of it waits; 0 where nothing does. */
  readonly waitsSince: number;
  readonly conflicts: number;
  readonly themes: readonly string[];
  /** Members who wrote something of it; who began comes first. */
  readonly workers: readonly string[];
  readonly channels: readonly string[];
  /** What can be searched, folded. */
  readonly text: string;
}

/** Letters without case and accents. */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

/** Everything that hangs on a card or a talk, in the order it was made. */
export function threadOf(records: Records, root: string): Shown[] {
  return KINDS.flatMap((kind) => records.all(kind).filter((one) => rootOf(records, one) === root)).toSorted(
    (one, two) => one.made - two.made,
  );
}

/** A record of a thread with what was asked and answered about it, in the order it was said. */
export interface Told {
  readonly one: Shown;
  readonly remarks: readonly Shown[];
}

/** A thread with every remark under what it is about. */
export function toldOf(thread: readonly Shown[]): Told[] {
  const about = (one: Shown): Shown | undefined => (one.kind === 'remark' ? thread.find(({ id }) => id === one.view.about) : undefined);
  return thread.filter((one) => !about(one)).map((one) => ({ one, remarks: thread.filter((other) => about(other)?.id === one.id) }));
}

/** What a remark is: the desk asks about an issue, and what comes after is an answer; of anything else it is a note. */
export function sayingOf(records: Records, about: Shown, remarks: readonly Shown[], remark: Shown): 'question' | 'answer' | 'note' {
  const isDesk = (one: Shown): boolean => records.get(one.author)?.view.role === 'coordinator';
  if (about.kind !== 'issue') return 'note';
  if (isDesk(remark)) return 'question';
  return remarks.slice(0, remarks.indexOf(remark)).some(isDesk) ? 'answer' : 'note';
}

/** What a record hangs on: its card, else its talk, else the shared issue it was promised about, else itself. */
export function rootOf(records: Records, one: Shown): string {
  const { card, visit, about } = one.view;
  if (one.kind === 'remark') {
    const target = typeof about === 'string' ? records.get(about) : undefined;
    return target ? rootOf(records, target) : one.id;
  }
  if (typeof card === 'string') return card;
  if (typeof visit === 'string') {
    const talk = records.get(visit);
    return talk ? rootOf(records, talk) : visit;
  }
  return one.kind === 'follow_up' && typeof one.view.topic === 'string' ? one.view.topic : one.id;
}

const isNew = (issue: Shown): boolean => (issue.view.review ?? 'new') === 'new';

const isAsked = (issue: Shown): boolean => issue.view.review === 'question';

/** Whether workers went on with a case after its last issue had been looked at: how a hand-over ended, a promise that was moved, more words. */
function isChanged(records: Records, group: readonly Shown[]): boolean {
  const looked = group.filter((one) => one.kind === 'issue' && !one.erased && !isNew(one) && !isAsked(one));
  if (looked.length === 0) return false;
  const atMs = Math.max(...looked.map((one) => one.at('review')));
  const isDesk = (member: string): boolean => member === '' || records.get(member)?.view.role === 'coordinator';
  const fields = group.filter((one) => one.changed > atMs).flatMap((one) => Object.keys(one.view).map((field) => ({ one, field })));
  return fields.some(({ one, field }) => one.at(field) > atMs && !isDesk(one.by(field)));
}

/** The issues of a thread that a coordinator has to look at: new, their question answered, or all where workers went on since. */
export function toReview(records: Records, thread: readonly Shown[]): Shown[] {
  const issues = thread.filter((one) => one.kind === 'issue' && !one.erased);
  const fresh = issues.filter((one) => isNew(one) || (isAsked(one) && isAnswered(one, thread)));
  return fresh.length > 0 || !isChanged(records, thread) ? fresh : issues.filter((one) => !isAsked(one));
}

/** The cases of an event, latest first. */
export function casesOf(records: Records, event: string, nowMs: number): Case[] {
  const groups = new Map<string, Shown[]>();
  for (const kind of KINDS) {
    for (const one of records.all(kind)) {
      if (one.event !== event) continue;
      const root = rootOf(records, one);
      const group = groups.get(root);
      if (group) group.push(one);
      else groups.set(root, [one]);
    }
  }
  return [...groups].map(([key, group]) => caseOf(records, key, group, nowMs)).sort((one, two) => two.latest - one.latest);
}

function caseOf(records: Records, key: string, group: readonly Shown[], nowMs: number): Case {
  const issues = group.filter((one) => one.kind === 'issue');
  const face = faceOf(records, key);
  const topic = records.get(key)?.kind === 'topic' ? records.get(key) : undefined;
  const title = String(topic?.view.title ?? '');
  const isWall = issues.some((one) => one.view.source === 'wall') || group.some((one) => one.view.channel === 'wall');
  const questions = issues.filter(isAsked);
  const waiting = group.filter((one) => waits(records, one, nowMs));
  const byAge = group.filter((one) => one.author !== '').toSorted((one, two) => one.made - two.made);
  const words = group.flatMap((one) => [one.view.own_words, one.view.ask, one.view.promised, one.view.text, one.view.shared_note]);
  return {
    key,
    by: face ? 'card' : topic ? 'topic' : isWall ? 'wall' : 'talk',
    title,
    face,
    records: group,
    issues,
    latest: Math.max(...group.map((one) => one.changed)),
    isNew: issues.some(isNew),
    isChanged: isChanged(records, group),
    asks: questions.length > 0,
    answered: questions.some((one) => isAnswered(one, group)),
    unanswered: questions.some((one) => !isAnswered(one, group)),
    waits: waiting.length > 0,
    waitsSince: waiting.length > 0 ? Math.min(...waiting.map(sinceOf)) : 0,
    conflicts: group.reduce((sum, one) => sum + one.conflicts.size, 0),
    themes: [...new Set(issues.map((one) => String(one.view.theme ?? '')))].filter((theme) => theme !== ''),
    workers: [...new Set(byAge.map((one) => one.author))],
    channels: [...new Set(group.map((one) => (one.kind === 'visit' ? String(one.view.channel ?? '') : '')))].filter(Boolean),
    text: folded([face ? `${face.animal} ${face.number}` : '', title, ...words.filter((text) => typeof text === 'string')].join(' ')),
  };
}

/** Whether somebody has to act: a hand-over underway or that no table took, or a promise that is late. */
const waits = (records: Records, one: Shown, nowMs: number): boolean =>
  (one.kind === 'referral' && (isUnderway(one) || isTurnedAway(records, one, records.get(one.event)))) ||
  (one.kind === 'follow_up' && dueOf(one, nowMs) === 'late');

/** Since when it waits: a hand-over since its last step, a promise since its day. */
function sinceOf(one: Shown): number {
  const day = one.kind === 'follow_up' ? Date.parse(String(one.view.at ?? `${one.view.on}T12:00:00Z`)) : Number.NaN;
  return Number.isNaN(day) ? one.at('state') || one.made : day;
}

/** The cases that are wanted, in the order wanted. `animals`: their names in the language of the screens. */
export function fitting(cases: readonly Case[], wanted: Wanted, animals: Readonly<Record<string, string>> = {}): Case[] {
  const search = folded(wanted.search.trim());
  const is = IS[wanted.filter];
  // A card is read "haas 566", and typed as it comes.
  const close = (text: string): string => text.replaceAll(' ', '');
  const found = cases.filter(
    (one) =>
      is(one) &&
      (wanted.theme === '' || one.themes.includes(wanted.theme)) &&
      (wanted.worker === '' || one.workers.includes(wanted.worker)) &&
      (wanted.channel === '' || one.channels.includes(wanted.channel)) &&
      (search === '' ||
        one.text.includes(search) ||
        (one.face !== undefined && close(folded(`${animals[one.face.animal] ?? ''}${one.face.number}`)).includes(close(search)))),
  );
  if (wanted.order === 'oldest') return found.toReversed();
  if (wanted.order === 'latest') return found;
  const waiting = found.filter((one) => one.waits).toSorted((one, two) => one.waitsSince - two.waitsSince);
  return [...waiting, ...found.filter((one) => !one.waits)];
}

const IS: Readonly<Record<Filter, (one: Case) => boolean>> = {
  all: () => true,
  new: (one) => one.isNew || one.isChanged,
  question: (one) => one.asks,
  waits: (one) => one.waits,
  conflict: (one) => one.conflicts > 0,
};

/** The one before and the one after a case in a list that was opened. */
export function beside(keys: readonly string[], key: string): { before: string | undefined; after: string | undefined; place: number } {
  const place = keys.indexOf(key);
  return place < 0
    ? { before: undefined, after: undefined, place: 0 }
    : { before: keys[place - 1], after: keys[place + 1], place: place + 1 };
}

/** How many cases each filter would show. */
export const countsOf = (cases: readonly Case[]): Record<Filter, number> => ({
  all: cases.filter(IS.all).length,
  new: cases.filter(IS.new).length,
  question: cases.filter(IS.question).length,
  waits: cases.filter(IS.waits).length,
  conflict: cases.filter(IS.conflict).length,
});

/** A field of which two tablets wrote different things without knowing of each other. */
export interface Conflict {
  readonly one: Shown;
  readonly field: string;
  readonly versions: readonly Version[];
}

/** As written, earliest first: which tablet's edit arrived first says nothing. */
const byTime = (one: Version, two: Version): number => byCodePoint(one.e, two.e) || byCodePoint(one.a, two.a);

/** All such fields of an event, and of what belongs to every event, such as services; latest first. `event`: '' where there is none. */
export function conflictsOf(records: Records, event: string): Conflict[] {
  return Object.keys(EVERY_KIND)
    .flatMap((kind) => records.all(kind))
    .filter((one) => (one.event === event || one.event === '') && one.conflicts.size > 0)
    .toSorted((one, two) => two.changed - one.changed)
    .flatMap((one) => [...one.conflicts].map(([field, versions]) => ({ one, field, versions: versions.toSorted(byTime) })));
}

/** The version that says that the person withdrew, where keeping another one would set that aside. */
export const setsAside = (field: string, versions: readonly Version[], kept: Version): Version | undefined =>
  field === 'state' && kept.value !== 'withdrawn' ? versions.find((one) => one.value === 'withdrawn') : undefined;

/** What settling a field sets: other own words are not those that were read back, or that may be quoted. */
export const settling = (one: Shown, field: string, value: Value): Record<string, Value> =>
  one.kind === 'issue' && field === 'own_words' && value !== one.view.own_words ? { own_words: value, ...unsaid(one) } : { [field]: value };

/** Drafts of a third text (`third/<record> <field>`) whose conflict somebody else has settled: what they are of, and their words. */
export const leftThirds = (records: Records, drafts: readonly (readonly [key: string, text: string])[]): [string, string][] =>
  drafts.flatMap(([name, text]) => {
    const key = name.slice(name.indexOf('/') + 1);
    const [record = '', field = ''] = key.split(' ');
    return text.trim() === '' || records.get(record)?.conflicts.has(field) ? [] : [[key, text] as [string, string]];
  });
