// Every code of every kind has words at the desk, in each language.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Records } from '../../../pwa/src/device/types.ts';
import { codeWords, fieldWords } from '../../../pwa/src/features/desk/values.ts';
import { KINDS } from '../../../pwa/src/sync/kinds.tables.ts';
import { addDeskWords, LANGUAGES, maybe, setLanguage } from '../../../pwa/src/text/text.svelte.ts';

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
});
