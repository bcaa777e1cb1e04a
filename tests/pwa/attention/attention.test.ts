import { describe, expect, test } from 'vitest';
import type { Attention } from '../../../pwa/src/device/types.ts';
import { troubles, written } from '../../../pwa/src/features/attention/attention.ts';

const well = { tooOld: false, storage: 'ok', clockOffMin: null, others: 0 } as const;

describe('what is wrong with a device', () => {
  test('is nothing where all is well', () => expect(troubles(well)).toEqual([]));

  test('is told with the gravest first', () =>
    expect(troubles({ tooOld: true, storage: 'full', clockOffMin: -20, others: 2 })).toEqual([
      'too-old',
      'storage-full',
      'clock-off',
      'others-wait',
    ]));
});

test('of an edit that was laid aside the words are shown, no codes and no ids', () => {
  const set = { state: 'done', assignee: 'member:1', promised: 'Ik bel terug.', on: '2026-09-22', name: 'Bockstael' };
  expect(written({ seq: 1, kind: 'parked', code: 'not_allowed', record: '1', recordKind: 'follow_up', set } as Attention)).toEqual([
    'Ik bel terug.',
    'Bockstael',
  ]);
});
