/** What somebody agreed to or refused, as it is kept: a receipt; and as it is read. Pure. */
import type { Change, Device, Records } from '../device/types.ts';
import type { Value } from '../sync/edits.ts';
import { maybe, t } from '../text/text.svelte.ts';
import { serviceName } from './handing.ts';
import { iso } from './times.ts';

/** Which text was read to them. */
const TEXT = '2026-11';

export type Answer = 'given' | 'refused';

/** A receipt of what was asked in words: purpose → answer. */
export const spoken = (device: Device, event: string, id: string, card: string, purposes: Readonly<Record<string, Answer>>): Change => ({
  kind: 'consent',
  id,
  event,
  set: {
    card,
    ...Object.fromEntries(Object.entries(purposes).map(([purpose, answer]) => [`purposes/${purpose}`, answer])),
    given_how: 'spoken',
    text_version: TEXT,
    at: iso(device.now()),
  },
});

const PURPOSE = 'purposes/';
type Said = Readonly<Record<string, Value>>;

const asked = (said: Said): [purpose: string, answer: Value][] =>
  Object.entries(said)
    .filter(([field]) => field.startsWith(PURPOSE))
    .map(([field, answer]) => [field.slice(PURPOSE.length), answer]);

/** What is asked for: "may be told to Woonadvies". */
export function purposeWords(records: Records, purpose: string): string {
  const [what, service] = purpose.split(':', 2);
  return `${maybe(`purpose-${what}`)} ${serviceName(records, service)}`.trim();
}

/** What an agreement is about, whatever was answered; '' where this device does not know. */
export const aboutOf = (records: Records, said: Said): string =>
  asked(said)
    .map(([purpose]) => purposeWords(records, purpose))
    .join(', ');

/** What somebody agreed to or refused, in the words in which it was asked at the event. */
export const answersOf = (records: Records, said: Said): string[] =>
  asked(said).map(([purpose, answer]) => {
    const [what, service] = purpose.split(':', 2);
    if (what === 'refer_to') return t('pair', { name: serviceName(records, service), value: maybe(`share-${answer}`) });
    if (what === 'call_back') return `${t('how-reach')} ${maybe(`agree-${answer}`)}`;
    return t('pair', { name: purposeWords(records, purpose), value: maybe(`consent-${answer}`) });
  });
