/** Handing on: tables, services, referrals and how they end. */
import type { Records, Shown } from '../device/types.ts';
import { serviceOf } from '../sync/access.ts';
import { byCodePoint } from '../sync/edits.ts';
import { language, t } from '../text/text.svelte.ts';
import { isOver } from './events.ts';

/** A table of the event, with the name of its service. */
export interface Table {
  readonly presence: Shown;
  readonly label: string;
  readonly service: string;
  readonly serviceName: string;
  readonly state: string;
}

/**
 * What a service calls itself in the language of the screens. Where it has no name for that: its own in Dutch, its alternate
 * one in the others. An alternate name is in no language of its own (HSDS); here it is the one for who reads no Dutch.
 */
export function serviceName(records: Records, service: unknown): string {
  const view = typeof service === 'string' ? records.get(service)?.view : undefined;
  const other = language() === 'nl' ? undefined : view?.alternate_name;
  return String(view?.[`name_in/${language()}`] ?? other ?? view?.name ?? view?.organization_name ?? '');
}

/** A member or a service by name; '' where neither is known. */
export const nameOf = (records: Records, id: string): string =>
  String(records.get(id)?.view.display_name ?? '') || serviceName(records, id);

/** Sorts "Tafel 2" before "Tafel 10". A collator would do so too, and hold up the first screen: its tables take long to load. */
const inOrder = (label: string): string => label.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(9, '0'));

const byLabel = (one: Table, two: Table): number => byCodePoint(inOrder(one.label), inOrder(two.label));

/** What a table is called. A name that the app made, in whichever language, is in the one of the screens. */
export function tableName(label: unknown): string {
  const number = /^(?:Tafel|Table) (\d+)$/.exec(String(label ?? ''))?.[1];
  return number ? t('table-number', { number }) : String(label ?? '');
}

/** A table that was taken away: nobody sits there, and it has no name (decision 0032). */
const isAway = ({ view }: Shown): boolean => view.state === 'gone' && !view.table_label;
export const TAKEN_AWAY = { state: 'gone', table_label: null } as const;

/** Whether nobody was ever sent to a table, so that it can be taken away. */
export const isUnused = (records: Records, table: string): boolean => !records.naming(table).some((one) => one.kind === 'referral');

/** The tables of an event by label: where they are touched, none may move under a finger. */
export function tablesOf(records: Records, event: string): Table[] {
  return records
    .all('presence')
    .filter((presence) => presence.event === event && !isAway(presence))
    .map((presence) => ({
      presence,
      label: tableName(presence.view.table_label),
      service: String(presence.view.service ?? ''),
      serviceName: serviceName(records, presence.view.service),
      state: String(presence.view.state ?? 'free'),
    }))
    .sort(byLabel);
}

const UNDERWAY: ReadonlySet<unknown> = new Set(['requested', 'accepted', 'in_progress', 'on_hold']);

/** Whether a referral waits or is being dealt with. */
export const isUnderway = (referral: Shown): boolean => UNDERWAY.has(referral.view.state);

/** Whether somebody stands before a table that did not take them: nobody sent their card on since, and the event goes on (decision 0036). */
export const isTurnedAway = (records: Records, { view, made }: Shown, event: Shown | undefined): boolean =>
  view.state === 'rejected' &&
  event !== undefined &&
  !isOver(event) &&
  !records.all('referral').some((one) => one.view.card === view.card && one.made > made);

/** Referrals to a service at an event that wait or are being dealt with, oldest first. */
export function arriving(records: Records, event: string, service: string | null): Shown[] {
  return records
    .all('referral')
    .filter((one) => one.event === event && isUnderway(one) && service !== null && serviceOf(one, records) === service)
    .sort((one, two) => one.made - two.made);
}

/**
 * How a hand-over can end at a table, each under the word that is shown of it from then on (decision 0032). A failure asks
 * for its reason.
 */
export const OUTCOMES: readonly { icon: string; state: string; reason: string }[] = [
  { icon: 'check', state: 'completed', reason: 'got_help' },
  { icon: 'words', state: 'completed', reason: 'partly_got_help' },
  { icon: 'hand', state: 'completed', reason: 'went_elsewhere' },
  { icon: 'talk', state: 'completed', reason: 'person_chose_otherwise' },
  { icon: 'close', state: 'failed', reason: '' },
];

export const REASONS = [
  'no_capacity',
  'not_eligible',
  'documents_missing',
  'counter_closed',
  'language',
  'could_not_reach',
  'unknown',
] as const;
