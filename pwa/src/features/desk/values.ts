/** Fields and their values as a person reads them: no codes, no ids. */
import type { Records, Shown } from '../../device/types.ts';
import { faceOf } from '../../domain/cards.ts';
import { aboutOf, purposeWords } from '../../domain/consents.ts';
import { serviceName, tableName } from '../../domain/handing.ts';
import { themeName } from '../../domain/themes.ts';
import type { Value } from '../../sync/edits.ts';
import { fieldOf } from '../../sync/kinds.ts';
import { dayAndClock, language, longDay, longWords, maybe, t } from '../../text/text.svelte.ts';

/** How the messages of a field's codes begin, where that is not the field's own name. */
const PREFIX: Readonly<Record<string, string>> = {
  words_language: 'lang',
  language: 'lang',
  languages: 'lang',
  who_acts: 'who',
  state_reason: 'reason',
  outcome_reason: 'reason',
  quote_consent: 'quote',
  given_how: 'given',
  purposes: 'purpose',
  barriers: 'barrier',
  facilities: 'facility',
  needs: 'need',
  shared_fields: 'field',
  visitor_word: 'lang',
  name_in: 'lang',
  description_in: 'lang',
  competent_bodies: 'level',
};
/** Sets whose elements are records. */
const OF_RECORDS: ReadonlySet<string> = new Set(['team', 'issues']);
/** Kept as text, and codes where a form offered them. */
const CODED: ReadonlySet<string> = new Set(['words_language', 'language', 'outcome_reason']);
/** Kept as text, and for a machine to read. */
const UNREADABLE: ReadonlySet<string> = new Set(['back_code_hash', 'device']);
const STATES: Readonly<Record<string, string>> = { referral: 'referral-state', follow_up: 'promise-state', event: 'event-state' };

function prefixOf(kind: string, base: string): string {
  if (base === 'state') return STATES[kind] ?? kind;
  if (base === 'what' && kind === 'tally') return 'tally';
  if (base === 'purposes') return 'consent';
  return PREFIX[base] ?? base;
}

/** A code in words; '' where there are none. Names of messages have no plus: `21+` is `headcount-band-21-up`. */
export const codeWords = (kind: string, base: string, code: string): string => maybe(`${prefixOf(kind, base)}-${code.replace('+', '-up')}`);

/** A field's name in words; of a set, with its element: "what blocks it: fear". */
export function fieldWords(records: Records, field: string): string {
  const [base = '', key] = field.split('/', 2);
  const name = maybe(`field-${base}`) || base;
  return key === undefined ? name : t('pair', { name, value: keyWords(records, base, key) });
}

function keyWords(records: Records, base: string, key: string): string {
  if (base === 'purposes') return purposeWords(records, key);
  if (base === 'themes') return themeName(key, language()) || key;
  return maybe(`${PREFIX[base] ?? base}-${key}`) || named(records, key) || (OF_RECORDS.has(base) ? t('not-on-this-device') : key);
}

/** A value in words: a moment, a day, a theme, a code, the name of what it points to. */
export function valueWords(records: Records, kind: string, field: string, value: Value): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (typeof value !== 'string') return Array.isArray(value) ? value.join(', ') : String(value);
  const base = field.split('/', 1)[0] ?? '';
  const type = fieldOf(kind, field)?.type;
  if (type === 'instant' || (kind === 'tally' && base === 'slot')) return dayAndClock(Date.parse(value));
  if (type === 'date') return longDay(Date.parse(`${value}T12:00:00Z`));
  if (type === 'duration') return beforeWords(value);
  if (base === 'theme' || base === 'subtheme') return themeName(value, language()) || value;
  if (type === 'text') return textWords(kind, base, value);
  const words = codeWords(kind, base, value) || named(records, value.slice(value.indexOf(':') + 1));
  return words || (type === 'id' || type === 'assignee' ? t('not-on-this-device') : value);
}

/** A field and its value, each in words; '' for a value that would only say the field's name again: "issue: Issue". */
export function lineOf(records: Records, kind: string, field: string, value: Value): [name: string, value: string] {
  const [name, words] = [fieldWords(records, field), valueWords(records, kind, field, value)];
  return [name, words.toLowerCase() === name.toLowerCase() ? '' : words];
}

/** What is kept as text: as it was typed, but for a language, a reason that a form offered, and what only a machine reads. */
function textWords(kind: string, base: string, value: string): string {
  if (UNREADABLE.has(base)) return t('a-code');
  const isCode = CODED.has(base);
  return (isCode && codeWords(kind, base, value)) || value;
}

/** How long before something: in the words of the reminders, or counted. */
function beforeWords(value: string): string {
  const [, count, unit = ''] = /^PT?(\d+)([DHM])$/.exec(value) ?? [];
  const words = { D: 'day', H: 'hour', M: 'minute' }[unit];
  return maybe(`before-${value}`) || (words ? t('before-other', { long: longWords(Number(count), words) }) : value);
}

/** What an id points to, by the name that people use; '' where this device does not have it. */
function named(records: Records, id: string): string {
  const one = records.get(id);
  if (!one) return '';
  const face = faceOf(records, id);
  if (face) return `${maybe(`animal-${face.animal}`)} ${face.number}`;
  const [name, what] = [nameOf(records, one), maybe(`kind-${one.kind}`)];
  if (one.kind === 'consent' && name) return t('pair', { name: what, value: name });
  return name || themeName(one.view.theme, language()) || what;
}

/** The name that people use of somebody or something; '' where it has none. Of an agreement: what it is about. */
export function nameOf(records: Records, { id, kind, view }: Shown): string {
  if (kind === 'consent') return aboutOf(records, view);
  const { display_name, table_label, title } = view;
  return String(display_name ?? (table_label ? tableName(table_label) : null) ?? title ?? serviceName(records, id));
}
