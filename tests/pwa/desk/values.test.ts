// Every code of every kind has words at the desk, in each language.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Records, Shown } from '../../../pwa/src/device/types.ts';
import { themeName } from '../../../pwa/src/domain/themes.ts';
import { codeWords, fieldWords, lineOf, nameOf, valueWords } from '../../../pwa/src/features/desk/values.ts';
import { type Field, KINDS } from '../../../pwa/src/sync/kinds.tables.ts';
import { addDeskWords, LANGUAGES, maybe, setLanguage, t } from '../../../pwa/src/text/text.svelte.ts';

const nothing: Records = { all: () => [], get: () => undefined, naming: () => [] };

/** What a person would read as it is kept: `in_progress`, `21+`. */
function* unsaid(language: string): Generator<string> {
  for (const [kind, { fields }] of Object.entries(KINDS)) {
    for (const [name, field] of Object.entries(fields)) {
      const [base, part] = name.split('/');
      if (!maybe(`field-${base}`) || (part && !maybe(`${base}-${part}`))) yield `${kind}.${name}`;
      if (name === 'theme' || name === 'subtheme' || name === 'themes') continue;
      for (const code of field.codes ?? []) if (!codeWords(kind, name, code)) yield `${kind}.${name} ${code}`;
      if (language === 'en') continue; // whose words are often the codes themselves
      for (const key of field.keys ?? []) if (fieldWords(nothing, `${name}/${key}`).endsWith(`: ${key}`)) yield `${kind}.${name}/${key}`;
    }
  }
}

/** What may be kept in a field of each type. */
const KEPT: Readonly<Record<string, readonly (string | true)[]>> = {
  instant: ['2026-12-01T09:05:00Z'],
  date: ['2026-12-01'],
  duration: ['PT4H', 'PT45M', 'P2D', 'P3D', 'P120D'],
  flag: [true],
  id: ['0197f3c2a4b0'],
  assignee: ['member:0197f3c2a4b0', 'service:0197f3c2a4b0'],
};
const LANGUAGE_FIELDS = ['issue.words_language', 'visit.language', 'consent.language'];
const UNREADABLE = ['card.back_code_hash', 'tally.device'];

function keptIn(of: string, field: Field): readonly (string | true)[] {
  if (field.type === 'text') return LANGUAGE_FIELDS.includes(of) ? ['nl', 'ti'] : UNREADABLE.includes(of) ? ['8f1c'] : [];
  return field.codes ?? KEPT[field.type] ?? [];
}

/** What a person would read as it is kept: `2026-12-01`, `PT4H`, `nl`. Text is read as it was typed, a time and a number as they are. */
function* raw(): Generator<string> {
  for (const [kind, { fields }] of Object.entries(KINDS)) {
    for (const [name, field] of Object.entries(fields)) {
      const kept = keptIn(`${kind}.${name}`, field);
      if (kept.length === 0 && !['text', 'time', 'integer'].includes(field.type)) yield `${kind}.${name}: what may be in a ${field.type}?`;
      for (const key of field.keyed ? (field.keys?.length ? field.keys : ['k']) : ['']) {
        for (const value of kept) {
          const words = valueWords(nothing, kind, key ? `${name}/${key}` : name, value);
          const isTheSame = field.codes !== undefined && codeWords(kind, name, String(value)) !== ''; // "open", "sms"
          if (words === '' || (words === value && !isTheSame) || /\d{4}-\d\d|0197|8f1c|true/.test(words))
            yield `${kind}.${name} ${value}: ${words}`;
        }
      }
    }
  }
}

const records = (...all: { id: string; kind: string; view: Record<string, string> }[]): Records => ({
  ...nothing,
  get: (id) => all.find((one) => one.id === id) as unknown as Shown,
});

describe.each(LANGUAGES)('at the desk in %s', (language) => {
  beforeEach(async () => {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
    vi.stubGlobal('document', { documentElement: {} });
    await setLanguage(language);
    await addDeskWords();
  });

  it('every field and code has words', () => {
    expect([...unsaid(language)]).toEqual([]);
  });

  it('no value is read as it is kept', () => {
    expect([...raw()]).toEqual([]);
  });

  it('who and what stands under a set that this device does not have is no id', () => {
    expect(fieldWords(nothing, 'team/0197f3c2a4b0')).not.toContain('0197');
    expect(fieldWords(nothing, 'issues/0197f3c2a4b0')).not.toContain('0197');
  });

  it('what it points to is not said twice', () => {
    const device = records(
      { id: 'i', kind: 'issue', view: {} },
      { id: 'h', kind: 'issue', view: { theme: 'HOU' } },
      { id: 'c', kind: 'consent', view: {} },
    );
    expect(lineOf(device, 'referral', 'issue', 'i')).toEqual([fieldWords(device, 'issue'), '']);
    expect(lineOf(device, 'referral', 'consent', 'c')).toEqual([fieldWords(device, 'consent'), '']);
    expect(lineOf(device, 'referral', 'issue', 'h')).toEqual([fieldWords(device, 'issue'), themeName('HOU', language)]);
  });

  it('a set and its element are told as every pair is, in the marks of the language', () => {
    expect(fieldWords(nothing, 'barriers/fear')).toBe(t('pair', { name: maybe('field-barriers'), value: maybe('barrier-fear') }));
  });

  it('an agreement is never named without what it is about', () => {
    const told = { 'purposes/refer_to:w': 'given', 'purposes/call_back': 'refused' };
    const device = records({ id: 'w', kind: 'service', view: { name: 'Woonadvies' } }, { id: 'c', kind: 'consent', view: told });
    const about = `${maybe('purpose-refer-to')} Woonadvies, ${maybe('purpose-call-back')}`;
    expect(valueWords(device, 'referral', 'consent', 'c')).toBe(`${maybe('kind-consent')}${language === 'fr' ? ' ' : ''}: ${about}`);
    expect(nameOf(device, device.get('c') as Shown)).toBe(about);
  });
});
