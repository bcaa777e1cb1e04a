import { describe, expect, test } from 'vitest';
import type { Shown } from '../../../pwa/src/device/types.ts';
import { quotable, quoteOf } from '../../../pwa/src/domain/quotes.ts';
import { settling } from '../../../pwa/src/features/desk/review.ts';
import { reword } from '../../../pwa/src/features/talk/talk.ts';

const issue = (quote_consent: string | undefined, quoted: number, worded: number): Shown =>
  ({
    kind: 'issue',
    id: 'i',
    event: 'e',
    view: { own_words: 'Het regent binnen.', quote_consent },
    at: (field: string) => (field === 'quote_consent' ? quoted : worded),
  }) as unknown as Shown;

describe('a permission to quote', () => {
  test('is of the words that stood there when it was given', () => {
    expect([quoteOf(issue('anonymous', 2, 1)), quoteOf(issue('anonymous', 1, 2)), quoteOf(issue(undefined, 0, 1))]).toEqual([
      'anonymous',
      'earlier',
      '',
    ]);
    expect([quoteOf(issue('no', 1, 2)), quoteOf(issue('agreed_text', 1, 2))]).toEqual(['no', 'agreed_text']);
  });

  test('in a text that nobody wrote yet is no permission to quote the words that stand there', () => {
    const agreed = { ...issue('agreed_text', 2, 1).view, agreed_text: 'Het regent in veel huizen.' };
    expect(quotable(issue('agreed_text', 2, 1))).toBe('unwritten');
    expect(quotable({ ...issue('agreed_text', 2, 1), view: agreed })).toBe('agreed_text');
    expect(quotable(issue('anonymous', 1, 2))).toBe('earlier');
  });

  test('goes with the words, at the tablet and where the desk settles on others', () => {
    const anew = { own_words: 'Het druppelt.', wording_confirmed: false, quote_consent: null };
    expect(reword(issue('anonymous', 2, 1), 'Het druppelt.')?.set).toEqual(anew);
    expect(settling(issue('anonymous', 2, 1), 'own_words', 'Het druppelt.')).toEqual(anew);
    expect(settling(issue('anonymous', 2, 1), 'own_words', 'Het regent binnen.')).toEqual({ own_words: 'Het regent binnen.' });
  });

  test('that was refused stays refused', () => {
    expect(reword(issue('no', 2, 1), 'Het druppelt.')?.set).toEqual({ own_words: 'Het druppelt.', wording_confirmed: false });
  });
});
