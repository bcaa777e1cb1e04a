import { expect, test } from 'vitest';
import { othersOn } from '../../../pwa/src/features/people/others.ts';

const members = [
  { id: 'm1', display_name: 'Noor' },
  { id: 'm2', display_name: 'Ilyas' },
  { id: 'm3', display_name: 'Wout' },
];
const on = (id: string, member: string, tablet: string, revoked_at: number | null = null) => ({ id, member, tablet, revoked_at });

test('of a tablet those are named who work on it still, and of one that never said which it is nobody', () => {
  const devices = [on('d1', 'm1', 'blue'), on('d2', 'm2', 'blue'), on('d3', 'm3', 'blue', 9), on('d4', 'm3', ''), on('d5', 'm2', '')];

  expect(devices.map((one) => othersOn({ members, devices }, one))).toEqual([['Ilyas'], ['Noor'], ['Noor', 'Ilyas'], [], []]);
});
