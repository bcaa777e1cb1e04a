/** A talk and its issues: the changes its form makes. Pure: tested without a screen. */
import type { Change, Device, Records, Shown } from '../../device/types.ts';
import { unsaid } from '../../domain/quotes.ts';
import { iso } from '../../domain/times.ts';
import { hangsOnCard } from '../../sync/around.ts';
import type { Value } from '../../sync/edits.ts';

export const LANGUAGES = ['nl', 'fr', 'en', 'ar', 'tr', 'es', 'ro', 'uk', 'pt', 'pl', 'fa', 'ps', 'ti', 'so', 'bg', 'ru'];

/** The issues of a talk, in the order they were told. */
export const issuesOf = (records: Records, visit: string): Shown[] =>
  records
    .naming(visit)
    .filter((one) => one.kind === 'issue' && one.view.deleted !== true)
    .toSorted((one, two) => one.made - two.made);

/** Where something is told: in which talk, and as which issue. */
export interface Telling {
  readonly event: string;
  readonly visit: string;
  readonly issue: string;
  /** The card that the talk will be on, where it is not there yet. */
  readonly card?: string;
}

/** What somebody tells: the talk itself, where it is not there yet, and the issue; told again, the same issue says more. */
export function tell(
  device: Device,
  { event, visit, issue, card: given = '' }: Telling,
  about: Readonly<Record<string, Value>>,
  source = 'person',
  channel = 'tent',
): Change[] {
  const talk = device.records.get(visit);
  const changes: Change[] = [];
  const on = (card: unknown) => (card ? { card: String(card) } : {});
  if (!talk) changes.push({ kind: 'visit', id: visit, event, set: { at: iso(device.now()), channel, ...on(given) } });
  const born = device.records.get(issue) ? {} : { visit, source, review: 'new', ...on(talk ? talk.view.card : given) };
  changes.push({ kind: 'issue', id: issue, event, set: { ...born, ...about } });
  return changes;
}

/** An issue with another theme. Residence hangs on no card: there it goes to a talk of its own, `apart`. */
export function retheme(device: Device, issue: Shown, theme: string, apart: string): Change[] {
  const { id, event, view } = issue;
  const set: Record<string, Value> = view.subtheme ? { theme, subtheme: null } : { theme };
  if (theme !== 'RES' || !hangsOnCard(view, device.records)) return [{ kind: 'issue', id, event, set }];
  const talk = device.records.get(String(view.visit));
  const about = { at: iso(talk?.made ?? device.now()), channel: talk?.view.channel ?? 'tent' };
  const off = view.card ? { card: null } : {};
  return [
    { kind: 'visit', id: apart, event, set: about },
    { kind: 'issue', id, event, set: { visit: apart, ...off, ...set } },
  ];
}

/** Whether an issue was passed on with a card, so that it cannot be taken off it any more. */
export const isPassedOn = (records: Records, issue: Shown): boolean => records.naming(issue.id).some((one) => one.kind === 'referral');

/** What a touch on a theme makes of a talk: a new issue, or the theme of the one that has its words already. */
export function tellTheme(device: Device, telling: Telling, theme: string, apart: string): Change[] {
  const issue = device.records.get(telling.issue);
  if (issue) return retheme(device, issue, theme, apart);
  const talk = device.records.get(telling.visit);
  const isApart = theme === 'RES' && (talk ? talk.view.card : telling.card);
  return tell(device, isApart ? { ...telling, visit: apart, card: '' } : telling, { theme });
}

/** The draft of an issue's own words. */
export const draftOf = (issue: string): string => `${OWN}${issue}`;
const OWN = 'own/';

/** Words of an issue, written anew: nobody has read them back, nor allowed them to be quoted. `undefined`: they are as they were. */
export function reword(issue: Shown, text: string): Change | undefined {
  const own_words = tidy(text);
  if (own_words === String(issue.view.own_words ?? '')) return undefined;
  const set = own_words ? { own_words, ...unsaid(issue) } : { own_words: null };
  return { kind: 'issue', id: issue.id, event: issue.event, set };
}

/** Words that were in their field when the app was killed. Where somebody else has changed them since, their form shows both. */
export function leftWords(device: Device): { key: string; text: string; change: Change | undefined }[] {
  return device.drafts.under(OWN).flatMap(([key, text]) => {
    const issue = device.records.get(key.slice(OWN.length));
    if (!issue || !['', device.me.member].includes(issue.by('own_words'))) return [];
    const change = reword(issue, text);
    return change && device.may(change) ? [] : [{ key, text, change }];
  });
}

/** Words as they are kept: without the blanks around them. */
export const tidy = (text: string): string => text.trim().replace(/[ \t]+\n/g, '\n');
