/** What people remember: words that were offered, or a PIN. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PASSPHRASE_WORDS } from '../../../pwa/src/device/types.ts';
import { isGoodPin, offered, tidied } from '../../../pwa/src/device/vault/secrets.ts';
import { WORDS as EN } from '../../../pwa/src/device/vault/wordlists/words-en.ts';
import { WORDS as FR } from '../../../pwa/src/device/vault/wordlists/words-fr.ts';
import { WORDS as NL } from '../../../pwa/src/device/vault/wordlists/words-nl.ts';

const lists = { nl: NL, fr: FR, en: EN };

describe.each(Object.entries(lists))('the words of %s', (_, words) => {
  test('are 2 048 or more, short, and all different however they are typed', () => {
    const typed = new Set(words.map(tidied));

    expect(typed.size).toBe(words.length);
    expect(words.length).toBeGreaterThanOrEqual(2_048);
    for (const word of typed) expect(word).toMatch(/^[a-z]{3,8}$/);
  });
});

describe('a passphrase', () => {
  test('is five words of the list of the language, by chance', async () => {
    const many = await Promise.all(Array.from({ length: 400 }, () => offered('nl')));

    expect(many.every((words) => words.length === PASSPHRASE_WORDS && words.every((word) => NL.includes(word)))).toBe(true);
    expect(new Set(many.map(String)).size).toBe(400);
    // 2 000 throws of 2 048 words: about 1 275 different ones; far fewer would be a chance that is not even.
    expect(new Set(many.flat()).size).toBeGreaterThan(1_100);
  });

  test('is the same whoever types it: capitals, accents, blanks and hyphens do not matter', () => {
    expect(tidied('  Abdiquer-ÉCOLE\u00a0 forêt, d’été ')).toBe('abdiquer ecole foret d ete');
    expect(tidied('é')).toBe(tidied('e\u0301'));
  });

  test('stays the same when it is tidied again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
        expect(tidied(tidied(typed))).toBe(tidied(typed));
      }),
    );
  });
});

describe('a PIN', () => {
  test.each(['12345', '123456', '654321', '000000', '121212', '123123', '111222', '12345a', '12 3456', '', '１２３４５６'])(
    '%s is not taken',
    (pin) => {
      expect(isGoodPin(pin)).toBe(false);
    },
  );

  test.each(['294718', '0294718', '83102947'])('%s is', (pin) => {
    expect(isGoodPin(pin)).toBe(true);
  });
});
