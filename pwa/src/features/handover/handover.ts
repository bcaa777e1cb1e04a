/** The changes of handing somebody on. Pure: tested without a screen. */
import type { Change, Device, Records, Shown } from '../../device/types.ts';
import { type Face, faceOf, mayHang, onCard } from '../../domain/cards.ts';
import { type Answer, spoken } from '../../domain/consents.ts';
import type { Table } from '../../domain/handing.ts';
import { t } from '../../text/text.svelte.ts';

/** What is chosen so far. */
export interface Half {
  readonly table: string;
  readonly typed: Face;
  readonly shares: '' | Answer;
  /** What it is about, where somebody chose another issue of the talk; '' where nobody did. */
  readonly issue: string;
}

/** What was half chosen, as it lies in its draft. */
export const halfOf = (draft: string | undefined): Half => ({
  table: '',
  typed: { animal: '', number: '' },
  shares: '',
  issue: '',
  ...(JSON.parse(draft ?? '{}') as Partial<Half>),
});

/** Whether a table's service is there for a theme. */
export const isFor = (records: Records, { service }: Table, theme: unknown): boolean =>
  records.get(service)?.view[`themes/${theme}`] === true;

/** The tables to choose from, which come by label: free ones first, and of these the ones that are for the theme. */
export function freeFirst(records: Records, tables: readonly Table[], theme: unknown): Table[] {
  const rank: Record<string, number> = { free: 0, busy: 2, gone: 4 };
  const place = (one: Table): number => (rank[one.state] ?? 0) + (isFor(records, one, theme) ? 0 : 1);
  return tables.toSorted((one, two) => place(one) - place(two));
}

interface Handing {
  readonly card: { readonly id: string; readonly changes: readonly Change[] };
  readonly talk: Shown | undefined;
  /** What it is about; `undefined` where nothing of it may hang on a card. */
  readonly issue: Shown | undefined;
  readonly table: Table;
  readonly shares: '' | Answer;
}

/**
 * Where somebody whom a table did not take is sent on from: the talk and the issue on their card. Where neither is known here,
 * a form with the name `fresh`, and what is chosen in it: the card.
 */
export function onwards(records: Records, { author, view }: Shown, fresh: string): { readonly way: string; readonly half?: Partial<Half> } {
  const mine = onCard(records, String(view.card ?? '')).filter((one) => one.author === author && one.view.deleted !== true);
  const issue = mine.find((one) => one.id === view.issue) ?? mine.find((one) => one.kind === 'issue');
  const visit = issue?.view.visit ?? mine.find((one) => one.kind === 'visit')?.id;
  if (visit) return { way: `/handover/${visit}/${issue?.id ?? ''}` };
  const face = faceOf(records, view.card);
  return { way: `/handover/half:${fresh}/`, ...(face && { half: { typed: face } }) };
}

/** Card, talk and issue on the card, the consent that was asked for, and the referral; in the order they rest on each other. */
export function handOver(device: Device, event: string, { card, talk, issue, table, shares }: Handing): Change[] {
  const changes: Change[] = [...card.changes];
  const put = (kind: string, id: string, set: Change['set']): void => {
    changes.push({ kind, id, event, set });
  };
  if (talk && issue && mayHang(device.records, talk)) put('visit', talk.id, { card: card.id });
  if (issue && !issue.view.card && issue.author === device.me.member) put('issue', issue.id, { card: card.id });
  const consent = issue && shares ? device.newId() : '';
  if (consent && shares) changes.push(spoken(device, event, consent, card.id, { [`refer_to:${table.service}`]: shares }));
  const asks = issue?.view.ask ? { 'shared_fields/ask': true } : {};
  const shared = consent && shares === 'given' ? { consent, 'shared_fields/theme': true, 'shared_fields/own_words': true, ...asks } : {};
  const about = issue && shares === 'given' ? { issue: issue.id } : {};
  put('referral', device.newId(), {
    card: card.id,
    to_table: table.presence.id,
    mode: 'walked_over',
    state: 'requested',
    ...about,
    ...shared,
  });
  return changes;
}

/** What is said of an end that was kept: whether another tablet waits for it. */
export const keptWords = ({ me }: Device, { author }: Shown): string => (author === me.member ? t('kept') : t('outcome-kept'));
