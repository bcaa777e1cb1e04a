import { expect, test } from 'vitest';
import type { Records } from '../../../pwa/src/device/types.ts';
import { areasIn, areasOf } from '../../../pwa/src/features/people/areas.ts';

test('areas are typed with commas, each once; those that were taken away are not shown', () => {
  const view = { role: 'generalist', 'areas/Laken': true, 'areas/Kuregem': true, 'areas/Marollen': false };
  const records = { get: (id: string) => (id === 'm1' ? { view } : undefined) } as unknown as Records;

  expect([areasOf(records, 'm1'), areasOf(records, 'm2')]).toEqual([['Kuregem', 'Laken'], []]);
  expect(areasIn(' Laken,Kuregem , Laken,, ')).toEqual(['Laken', 'Kuregem']);
});
