import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Records, Shown } from '../../../pwa/src/device/types.ts';
import { aboutOf, answersOf } from '../../../pwa/src/domain/consents.ts';
import { type Aside, saidIn } from '../../../pwa/src/features/desk/aside.ts';
import { setLanguage } from '../../../pwa/src/text/text.svelte.ts';

const held: Readonly<Record<string, Shown>> = { w: { id: 'w', kind: 'service', view: { name: 'Woonadvies' } } as unknown as Shown };
const records: Records = { all: () => [], naming: () => [], get: (id) => held[id] };
const edit = (n: number, set: Aside['set']): Aside => ({
  a: 'w',
  n,
  by: 'wout',
  kind: 'consent',
  id: 'c',
  set,
  code: 'revoked',
  received_at: n,
  known: true,
});

describe('an agreement on a tablet, which has no words of the desk', () => {
  beforeAll(async () => {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
    vi.stubGlobal('document', { documentElement: {} });
    await setLanguage('nl');
  });

  test('is told as it was asked and answered', () => {
    const said = { card: 'fox', 'purposes/refer_to:w': 'given', 'purposes/call_back': 'refused', 'purposes/invite': 'given' };
    expect(answersOf(records, said)).toEqual([
      'Woonadvies: Ja, vertel het',
      'Hoe bereiken we de persoon? Nee, liever niet',
      'mag uitgenodigd worden: ja',
    ]);
  });

  test('tells what it is about, also where the edit that lies aside only takes it back', () => {
    const [given, takenBack] = [edit(1, { 'purposes/refer_to:w': 'given' }), edit(2, { withdrawn_at: '2026-11-28T10:00:00Z' })];
    const heap = { key: 'fox', edits: [given, takenBack] };
    expect(aboutOf(records, takenBack.set)).toBe('');
    expect(aboutOf(records, saidIn(records, takenBack, heap))).toBe('mag verteld worden aan Woonadvies');
  });
});
