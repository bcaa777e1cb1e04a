/** One touch on a reminder does what it says, however the promise stands by then. */
import { expect, test } from 'vitest';
import type { Shown } from '../../../pwa/src/device/types.ts';
import { isOpen } from '../../../pwa/src/domain/promises.ts';
import { donePerStep, laterOn } from '../../../pwa/src/features/promises/promise.ts';
import { KINDS } from '../../../pwa/src/sync/kinds.ts';

const NEXT = KINDS.follow_up?.next ?? {};
const open = ['proposed', 'planned', 'moved', 'not_met'];
const inState = (state: string): Shown => ({ view: { state } }) as unknown as Shown;

/** The state after some steps; '' where one of them is not taken. */
const after = (state: string, steps: readonly { state?: string }[]): string =>
  steps.reduce((at, { state: to }) => (to === undefined || NEXT[at]?.includes(to) ? (to ?? at) : ''), state);

test('the states that are tried here are all that are open', () => {
  expect(Object.keys(NEXT).filter((state) => isOpen(inState(state)))).toEqual(open);
});

test.each(open)('%s: done in steps that the server takes', (state) => {
  expect(after(state, donePerStep(inState(state)))).toBe('done');
});

test.each([
  ['proposed', 'proposed'],
  ['planned', 'planned'],
  ['moved', 'planned'],
  ['not_met', 'planned'],
])('%s: on another day it reminds again, %s', (state, then) => {
  const later = laterOn(inState(state), '2026-12-01', '14:00');

  expect(later).toMatchObject({ at: '2026-12-01T13:00:00Z', on: null });
  expect(after(state, [later])).toBe(then);
});
