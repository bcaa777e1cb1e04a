/** One touch on a reminder does what it says, however the promise stands by then. */
import { expect, test } from 'vitest';
import type { Device, Shown } from '../../../pwa/src/device/types.ts';
import { isOpen } from '../../../pwa/src/domain/promises.ts';
import { daysAfter, donePerStep, touched, undone, whenOf } from '../../../pwa/src/features/promises/promise.ts';
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
  const later = touched(inState(state), whenOf('2026-12-01', '14:00'));

  expect(later).toMatchObject({ at: '2026-12-01T13:00:00Z', on: null });
  expect(after(state, [later])).toBe(then);
  expect(touched(inState(state), { place: 'the town hall' })).toEqual({ place: 'the town hall' });
});

test.each([
  ['in the evening before', '2026-11-30T22:40:00Z', { at: '2026-12-01T22:40:00Z' }, '2026-12-02'],
  ['weeks before', '2026-11-30T09:00:00Z', { on: '2026-12-24' }, '2026-12-25'],
  ['when it is late', '2026-12-03T09:00:00Z', { at: '2026-12-01T13:00:00Z' }, '2026-12-04'],
  ['after midnight in Brussels', '2026-12-02T23:30:00Z', { on: '2026-12-01' }, '2026-12-04'],
])('put off %s: no day is offered before tomorrow, nor the one it is for', (_, now, view, first) => {
  const offered = daysAfter({ view } as unknown as Shown, Date.parse(now)).map(({ value }) => value);

  expect(offered).toHaveLength(7);
  expect(offered.toSorted()[0]).toBe(first);
});

test('done by mistake: the same promise is planned once more, and what was said to be done is withdrawn as the server allows', () => {
  const device = { newId: () => 'again' } as unknown as Device;
  const view = { state: 'done', state_reason: 'got_help', what: 'call', promised: 'we call', on: '2026-12-01', 'needs/phone': true };
  const promise = { id: 'p1', event: 'e1', view } as unknown as Shown;

  const [again, before, ...more] = undone(device, promise);

  expect(again).toEqual({
    kind: 'follow_up',
    id: 'again',
    event: 'e1',
    set: { state: 'planned', what: 'call', promised: 'we call', on: '2026-12-01', 'needs/phone': true },
  });
  expect([before, more]).toEqual([{ kind: 'follow_up', id: 'p1', event: 'e1', set: { state: 'withdrawn' } }, []]);
  expect(KINDS.follow_up?.first).toContain('planned');
  expect(NEXT.done).toContain('withdrawn');
});
