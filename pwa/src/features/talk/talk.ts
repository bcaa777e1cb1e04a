/** A talk and its issues: the changes its form makes. Pure: tested without a screen. */
import type { Change, Device, Records, Shown } from '../../device/types.ts';
import { unsaid } from '../../domain/quotes.ts';
import { iso } from '../../domain/times.ts';
import { hangsOnCard } from '../../sync/around.ts';
import type { Value } from '../../sync/edits.ts';

export const LANGUAGES = ['nl', 'fr', 'en', 'ar', 'tr', 'es', 'ro', 'uk', 'pt', 'pl', 'fa', 'ps', 'ti', 'so', 'bg', 'ru'];

/** Where something is told: in which talk, and as which issue. */
export interface Telling {
  readonly event: string;
  readonly visit: string;
  readonly issue: string;
  /** The card that the talk will be on, where it is not there yet. */
  readonly card?: string;
  /** How many a group is, where its talk is not there yet. */
  readonly many?: string;
}

/** What somebody tells: the talk itself, where it is not there yet, and the issue; told again, the same issue says more. */
export function tell(
  device: Device,
  { event, visit, issue, card: given = '', many = '' }: Telling,
  about: Readonly<Record<string, Value>>,
  source = 'person',
  channel = 'tent',
): Change[] {
  const talk = device.records.get(visit);
  const changes: Change[] = [];
  const on = (card: unknown) => (card ? { card: String(card) } : {});
  const group = many ? { headcount_band: many } : {};
  if (!talk) changes.push({ kind: 'visit', id: visit, event, set: { at: iso(device.now()), channel, ...group, ...on(given) } });
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

/** What of an issue is in words: its own, what the person wants, what they offer, and the text that may be quoted. */
export type Wording = 'own_words' | 'ask' | 'offer_text' | 'agreed_text';
const DRAFTS: Readonly<Record<Wording, string>> = { own_words: 'own/', ask: 'ask/', offer_text: 'offer/', agreed_text: 'agreed/' };

/** The draft of words of an issue. */
export const draftOf = (issue: string, of: Wording = 'own_words'): string => `${DRAFTS[of]}${issue}`;

/** Words of an issue, written anew: nobody has read own ones back, nor allowed them to be quoted. `undefined`: they are as they were. */
export function reword(issue: Shown, text: string, of: Wording = 'own_words'): Change | undefined {
  const words = tidy(text);
  if (words === String(issue.view[of] ?? '')) return undefined;
  const set = { [of]: words || null, ...(of === 'own_words' && words ? unsaid(issue) : {}) };
  return { kind: 'issue', id: issue.id, event: issue.event, set };
}

/** What an answer about quoting sets. A text that was agreed on goes with the answer that it was. */
export const quoting = (issue: Shown, answer: string | null): Record<string, Value> => ({
  quote_consent: answer,
  ...(answer !== 'agreed_text' && issue.view.agreed_text ? { agreed_text: null } : {}),
});

/** That its words could harm somebody, or no more: then nothing of it is ever quoted, whatever was answered before. */
export const risking = (issue: Shown, isRisk: boolean): Record<string, Value> =>
  isRisk ? { ...quoting(issue, 'no'), risk_flag: true } : { risk_flag: null };

/** Words that were in their field when the app was killed. Where somebody else has changed them since, their form shows both. */
export function leftWords(device: Device): { key: string; text: string; change: Change | undefined }[] {
  const all = (Object.keys(DRAFTS) as Wording[]).flatMap((of) => device.drafts.under(DRAFTS[of]).map((draft) => ({ of, draft })));
  return all.flatMap(({ of, draft: [key, text] }) => {
    const issue = device.records.get(key.slice(DRAFTS[of].length));
    if (!issue || !['', device.me.member].includes(issue.by(of))) return [];
    const change = reword(issue, text, of);
    return change && device.may(change) ? [] : [{ key, text, change }];
  });
}

/** Words as they are kept: without the blanks around them. */
export const tidy = (text: string): string => text.trim().replace(/[ \t]+\n/g, '\n');
