/** How somebody wants to be reached: asked with a promise, and kept only where they agree. Pure: tested without a screen. */
import type { Change, Device, Records, Shown } from '../../device/types.ts';
import { type Answer, spoken } from '../../domain/consents.ts';
import { dayOf, iso } from '../../domain/times.ts';
import { KINDS } from '../../sync/kinds.ts';

export interface Reach {
  /** Whether we may call back; '' where that was not asked. */
  readonly agreed: '' | Answer;
  readonly channel: string;
  readonly value: string;
  /** A name of the person's own choice, which need not be theirs. */
  readonly call_me: string;
  readonly safe_rules: string;
}

export const UNASKED: Reach = { agreed: '', channel: '', value: '', call_me: '', safe_rules: '' };

export const CHANNELS: readonly string[] = KINDS.contact?.fields.channel?.codes ?? [];

/** Whoever comes back, or is found in a group, has no number to be told. */
export const hasNumber = (channel: string): boolean => channel !== '' && channel !== 'returns';
export const isTelephone = (channel: string): boolean => channel === 'phone' || channel === 'sms';

/** Why nobody can be called with what was written: nothing, or no telephone number (E.164: at most 15 digits); `undefined` where somebody can. */
export function unusable({ channel, value }: Reach): 'missing' | 'no-number' | undefined {
  if (!hasNumber(channel)) return undefined;
  if (value.trim() === '') return 'missing';
  const digits = value.replace(/\D/g, '').length;
  const isNumber = /^[+(]?[\d\s()./-]+$/.test(value.trim()) && digits >= 8 && digits <= 15;
  return isTelephone(channel) && !isNumber ? 'no-number' : undefined;
}

const KEPT_DAYS = 90; // as long as contact data lives after its event
const TEXTS = ['value', 'call_me', 'safe_rules'] as const;
const FIELDS = ['channel', ...TEXTS] as const;

/** The contacts of a card that are here: one's own, and those that were told. What was withdrawn says nothing any more. */
export const contactsOf = (records: Records, card: unknown): Shown[] =>
  typeof card === 'string' ? records.naming(card).filter((one) => one.kind === 'contact' && FIELDS.some((name) => one.view[name])) : [];

/** A contact in the words of its form. */
export function reachOf({ view }: Shown): Reach {
  const text = (name: string): string => String(view[name] ?? '');
  return { agreed: 'given', channel: text('channel'), value: text('value'), call_me: text('call_me'), safe_rules: text('safe_rules') };
}

/** Whether it says anything of how to reach somebody. */
const isReach = (reach: Reach): boolean => reach.agreed === 'given' && Object.keys(said(reach)).length > 0;

/** The receipt of what was asked, and where the person agrees, how to reach them. Nothing where nobody asked. */
export function reaching(device: Device, event: string, card: string, reach: Reach): Change[] {
  if (reach.agreed === '') return [];
  const [consent, id] = [device.newId(), device.newId()];
  const asked = spoken(device, event, consent, card, { call_back: reach.agreed });
  if (!isReach(reach)) return [asked];
  const expires_on = dayOf(device.now() + KEPT_DAYS * 86_400_000);
  return [asked, { kind: 'contact', id, event, set: { card, ...said(reach), consent, expires_on } }];
}

/** A contact put right; nothing where it says the same. */
export function corrected(contact: Shown, reach: Reach): Change[] {
  const now = said(reach);
  const changed = FIELDS.filter((name) => (contact.view[name] ?? undefined) !== now[name]);
  const set = Object.fromEntries(changed.map((name) => [name, now[name] ?? null]));
  return changed.length === 0 ? [] : [{ kind: 'contact', id: contact.id, event: contact.event, set }];
}

/** The person takes it back: nothing of it is shown any more, and the receipt says since when. */
export function withdrawn(device: Device, { id, event, view }: Shown): Change[] {
  const set = Object.fromEntries(FIELDS.map((name) => [name, null]));
  const receipt = { kind: 'consent', id: String(view.consent), event, set: { withdrawn_at: iso(device.now()) } };
  return [{ kind: 'contact', id, event, set }, ...(view.consent ? [receipt] : [])];
}

/** What was said, without what was left empty. */
const said = (reach: Reach): Partial<Record<(typeof FIELDS)[number], string>> =>
  Object.fromEntries(FIELDS.map((name) => [name, textOf(reach, name)]).filter(([, text]) => text !== ''));

// A number that was typed before another channel was chosen is not told.
const textOf = (reach: Reach, name: (typeof FIELDS)[number]): string =>
  name === 'value' && !hasNumber(reach.channel) ? '' : reach[name].trim();

const APART = '; ';

/** A sentence put into the rules, or taken out. */
export function toggled(rules: string, sentence: string, is: boolean): string {
  const others = rules.split(APART).filter((one) => one.trim() !== '' && one !== sentence);
  return (is ? [...others, sentence] : others).join(APART);
}

export const isAmong = (rules: string, sentence: string): boolean => rules.split(APART).includes(sentence);
