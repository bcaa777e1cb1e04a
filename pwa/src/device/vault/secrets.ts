/** What people remember: a PIN, or a passphrase of five words that were offered. Pure but for `offered`. */
import { PASSPHRASE_WORDS } from '../types.ts';
import { randomBytes } from './bytes.ts';

export const PIN_DIGITS = 6;

export type Language = 'nl' | 'fr' | 'en';
const lists: Record<Language, () => Promise<{ WORDS: readonly string[] }>> = {
  nl: () => import('./wordlists/words-nl.ts'),
  fr: () => import('./wordlists/words-fr.ts'),
  en: () => import('./wordlists/words-en.ts'),
};

/** The list of a language. */
export const wordsOf = async (language: Language): Promise<readonly string[]> => (await lists[language]()).WORDS;

/** Five words by chance, each of at least 2 048: 55 bits, which a stolen disk does not give up (docs/security.md). */
export async function offered(language: Language): Promise<readonly string[]> {
  const words = await wordsOf(language);
  return Array.from({ length: PASSPHRASE_WORDS }, () => words[chance(words.length)] ?? '');
}

/** An even chance below `limit`, which is at most 65 536: what would favour the first words is thrown again. */
function chance(limit: number): number {
  const fair = 65_536 - (65_536 % limit);
  for (;;) {
    const [high = 0, low = 0] = randomBytes(2);
    const thrown = high * 256 + low;
    if (thrown < fair) return thrown % limit;
  }
}

/** A secret as it is stretched: whatever keyboard, case, accents and blanks somebody typed it with. */
export const tidied = (typed: string): string =>
  typed
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[\s\p{Punctuation}]+/gu, ' ')
    .trim();

/** Whether a PIN is long enough and not one of those that are tried first. */
export function isGoodPin(typed: string): boolean {
  const digits = [...typed].map(Number);
  if (!/^[0-9]+$/.test(typed) || typed.length < PIN_DIGITS) return false;
  const steps = new Set(digits.slice(1).map((digit, i) => digit - (digits[i] ?? 0)));
  const isRow = steps.size === 1 && [0, 1, -1].includes([...steps][0] ?? 0);
  const half = typed.slice(0, typed.length / 2);
  return !isRow && new Set(digits).size > 2 && half + half !== typed;
}
