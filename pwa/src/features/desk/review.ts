/** What came in at an event, by card and, where there is none, by talk or wall. Pure: tested without a screen. */
import type { Records, Shown } from '../../device/types.ts';
import { type Face, faceOf } from '../../domain/cards.ts';
import { dueOf } from '../../domain/promises.ts';

export const KINDS = ['visit', 'issue', 'referral', 'follow_up', 'consent', 'remark'] as const;
const UNDERWAY = new Set<unknown>(['requested', 'accepted', 'in_progress', 'on_hold']);

export type Filter = 'all' | 'new' | 'question' | 'waits' | 'conflict';
export const FILTERS: readonly Filter[] = ['all', 'new', 'question', 'waits', 'conflict'];

/** One line of the desk: everything that hangs together. */
export interface Case {
  readonly key: string;
  readonly by: 'card' | 'talk' | 'wall';
  readonly face: Face | undefined;
  readonly records: readonly Shown[];
  readonly issues: readonly Shown[];
  readonly latest: number;
  readonly isNew: boolean;
  readonly asks: boolean;
  readonly waits: boolean;
  readonly conflicts: number;
  readonly themes: readonly string[];
  /** What can be searched, folded. */
  readonly text: string;
}

/** Letters without case and accents. */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

/** What a record hangs on: its card, else its talk, else itself. */
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
  return one.id;
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
  const isWall = issues.some((one) => one.view.source === 'wall') || group.some((one) => one.view.channel === 'wall');
  const words = group.flatMap((one) => [one.view.own_words, one.view.ask, one.view.promised, one.view.text, one.view.shared_note]);
  return {
    key,
    by: face ? 'card' : isWall ? 'wall' : 'talk',
    face,
    records: group,
    issues,
    latest: Math.max(...group.map((one) => one.changed)),
    isNew: issues.some((one) => one.view.review === 'new' || one.view.review === undefined),
    asks: issues.some((one) => one.view.review === 'question'),
    waits: group.some((one) => waits(one, nowMs)),
    conflicts: group.reduce((sum, one) => sum + one.conflicts.size, 0),
    themes: [...new Set(issues.map((one) => String(one.view.theme ?? '')))].filter((theme) => theme !== ''),
    text: folded([face ? `${face.animal} ${face.number}` : '', ...words.filter((text) => typeof text === 'string')].join(' ')),
  };
}

/** Whether somebody has to act: a hand-over underway, or a promise that is late. */
export const waits = (one: Shown, nowMs: number): boolean =>
  (one.kind === 'referral' && UNDERWAY.has(one.view.state)) || (one.kind === 'follow_up' && dueOf(one, nowMs) === 'late');

/** The cases that fit a filter, a theme and what is searched for. */
export function fitting(
  cases: readonly Case[],
  filter: Filter,
  theme: string,
  search: string,
  animals: Readonly<Record<string, string>> = {},
): Case[] {
  const wanted = folded(search.trim());
  const is: Record<Filter, (one: Case) => boolean> = {
    all: () => true,
    new: (one) => one.isNew,
    question: (one) => one.asks,
    waits: (one) => one.waits,
    conflict: (one) => one.conflicts > 0,
  };
  return cases.filter(
    (one) =>
      is[filter](one) &&
      (theme === '' || one.themes.includes(theme)) &&
      (wanted === '' ||
        one.text.includes(wanted) ||
        folded(`${animals[one.face?.animal ?? ''] ?? ''} ${one.face?.number ?? ''}`).includes(wanted)),
  );
}

/** How many cases each filter would show. */
export const countsOf = (cases: readonly Case[]): Record<Filter, number> => ({
  all: cases.length,
  new: cases.filter((one) => one.isNew).length,
  question: cases.filter((one) => one.asks).length,
  waits: cases.filter((one) => one.waits).length,
  conflict: cases.filter((one) => one.conflicts > 0).length,
});
