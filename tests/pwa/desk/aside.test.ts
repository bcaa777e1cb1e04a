import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Records, Shown } from '../../../pwa/src/device/types.ts';
import { type Aside, heapsOf, toldOf } from '../../../pwa/src/features/desk/aside.ts';
import { valueWords } from '../../../pwa/src/features/desk/values.ts';
import { addDeskWords, setLanguage } from '../../../pwa/src/text/text.svelte.ts';

const held: Readonly<Record<string, Shown>> = { v9: { id: 'v9', kind: 'visit', view: { card: 'fox' } } as unknown as Shown };
const records: Records = { all: () => [], naming: () => [], get: (id) => held[id] };
let n = 0;
const edit = (kind: string, id: string, set: Aside['set']): Aside => {
  n += 1;
  return { a: 'w', n, by: 'wout', kind, id, set, code: 'revoked', received_at: n, known: true };
};

describe('what lies aside', () => {
  test('is in one heap by card or talk, also where the talk itself lies aside', () => {
    const edits = [
      edit('tally', 't1', { what: 'coffee', slot: '2026-11-27T09:30Z', device: 'd', n: 1 }),
      edit('visit', 'v1', { channel: 'tent' }),
      edit('issue', 'i1', { visit: 'v1', theme: 'HOU' }),
      edit('issue', 'i1', { own_words: 'Mots hors réseau' }),
      edit('issue', 'i2', { visit: 'v9' }),
      edit('remark', 'r1', { about: 'i2', text: 'oui' }),
      edit('tally', 't2', { what: 'coffee', slot: '2026-11-27T10:00Z', device: 'd', n: 2 }),
    ];

    expect(heapsOf(records, edits).map(({ key, edits: of }) => [key, of.map((one) => one.id)])).toEqual([
      ['tally wout', ['t1', 't2']],
      ['v1', ['v1', 'i1', 'i1']],
      ['fox', ['i2', 'r1']],
    ]);
  });

  test('does not tell which tablet counted, nor the talk that its heap is of', () => {
    const edits = [edit('visit', 'v1', { channel: 'tent' }), edit('issue', 'i1', { visit: 'v1', theme: 'HOU' })] as const;
    const [heap] = heapsOf(records, edits) as [ReturnType<typeof heapsOf>[number]];
    expect(toldOf(edits[1], heap)).toEqual([['theme', 'HOU']]);
    const counted = edit('tally', 't1', { what: 'coffee', device: 'd' });
    expect(toldOf(counted, { key: 'tally wout', edits: [counted] })).toEqual([['what', 'coffee']]);
  });
});

describe('in words', () => {
  beforeAll(async () => {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
    vi.stubGlobal('document', { documentElement: {} });
    await setLanguage('nl');
    await addDeskWords();
  });

  test('a half hour is one on the wall here, and what this device does not have is no id', () => {
    expect(valueWords(records, 'tally', 'slot', '2026-11-27T09:30Z')).toContain('10:30');
    expect(valueWords(records, 'issue', 'visit', '01a21c63-d34f-7af7-bf54-a898dd85c276')).toBe('niet op dit toestel');
  });
});
