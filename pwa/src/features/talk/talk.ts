/** A talk and its issues: the changes its form makes. Pure: tested without a screen. */
import type { Change, Device, Records, Shown } from '../../device/types.ts';
import { iso } from '../../domain/times.ts';
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
}

/** What somebody tells: the talk itself, where it is not there yet, and the issue; told again, the same issue says more. */
export function tell(
  device: Device,
  { event, visit, issue }: Telling,
  about: Readonly<Record<string, Value>>,
  source = 'person',
  channel = 'tent',
): Change[] {
  const talk = device.records.get(visit);
  const changes: Change[] = [];
  if (!talk) changes.push({ kind: 'visit', id: visit, event, set: { at: iso(device.now()), channel } });
  const card = talk?.view.card;
  const hangs = card && about.theme !== 'RES' ? { card } : {};
  const born = device.records.get(issue) ? {} : { visit, source, review: 'new', ...hangs };
  changes.push({ kind: 'issue', id: issue, event, set: { ...born, ...about } });
  return changes;
}

/** The draft of an issue's own words. */
export const draftOf = (issue: string): string => `${OWN}${issue}`;
const OWN = 'own/';

/** Words of an issue, written anew: nobody has read them back. `undefined`: they are as they were. */
export function reword(issue: Shown, text: string): Change | undefined {
  const own_words = tidy(text);
  if (own_words === String(issue.view.own_words ?? '')) return undefined;
  const set = own_words ? { own_words, wording_confirmed: false } : { own_words: null };
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
