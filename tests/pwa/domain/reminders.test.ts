/** What wants attention now, by this device's own records: in Brussels, over a change of the clocks, moved and withdrawn. */
import { describe, expect, test } from 'vitest';
import type { Me, Moments, Records, Shown } from '../../../pwa/src/device/types.ts';
import { alarmsOf, countOf, formerOf, nobodys, standingOf, standings } from '../../../pwa/src/domain/reminders.ts';

const MOMENTS: Moments = { before: ['P1D', 'PT2H'], evening_at: '18:00' };
const ME = { member: 'm1', service: null } as Me;
const now = (iso: string): number => Date.parse(iso);

function promise(view: Record<string, unknown>, author = 'm1'): Shown {
  return { id: 'f1', kind: 'follow_up', author, view: { state: 'planned', assignee: 'member:m1', ...view } } as unknown as Shown;
}
const withAll = (...all: readonly Shown[]): Records =>
  ({ all: (kind: string) => all.filter((one) => one.kind === kind), get: () => undefined }) as unknown as Records;
const stands = (view: Record<string, unknown>, at: string, moments = MOMENTS) => standingOf(promise(view), moments, now(at));

describe('a promise with an hour', () => {
  const view = { at: '2026-11-27T13:00:00Z' }; // 14:00 in Brussels

  test.each([
    ['2026-11-26T16:59:00Z', undefined], // 17:59 the evening before
    ['2026-11-26T17:00:00Z', 'tomorrow'],
    ['2026-11-27T07:00:00Z', 'today'],
    ['2026-11-27T11:00:00Z', 'soon'],
    ['2026-11-27T13:30:00Z', 'soon'], // it may be going on
    ['2026-11-27T13:31:00Z', 'late'],
    ['2026-11-29T09:00:00Z', 'late'],
  ])('at %s: %s', (at, expected) => expect(stands(view, at)).toBe(expected));

  test('may ask for longer than the two hours', () => {
    expect(stands({ ...view, remind_before: 'PT3H' }, '2026-11-27T10:00:00Z')).toBe('soon');
    expect(stands({ ...view, remind_before: 'P1D' }, '2026-11-27T10:00:00Z')).toBe('today');
  });

  test('may ask for evenings earlier than the last one', () => {
    expect(stands({ ...view, remind_before: 'P3D' }, '2026-11-24T16:59:00Z')).toBeUndefined();
    expect(stands({ ...view, remind_before: 'P3D' }, '2026-11-24T17:00:00Z')).toBe('ahead');
    expect(stands({ ...view, remind_before: 'P3D' }, '2026-11-25T09:00:00Z')).toBe('ahead'); // that evening is over
    expect(stands({ ...view, remind_before: 'P3D' }, '2026-11-26T09:00:00Z')).toBe('tomorrow');
  });

  test('P1D of its own adds nothing: apps wrote it without asking', () => {
    expect(
      standingOf(promise({ ...view, remind_before: 'P1D' }), { before: [], evening_at: '18:00' }, now('2026-11-26T20:00:00Z')),
    ).toBeUndefined();
  });

  test('what cannot be understood is as if it did not stand there', () => {
    expect(stands({ ...view, remind_before: 'P1Y2M' }, '2026-11-20T20:00:00Z')).toBeUndefined();
  });

  test('an hour after midnight is soon the evening before', () => {
    expect(stands({ at: '2026-11-27T00:00:00Z' }, '2026-11-26T22:30:00Z')).toBe('soon');
  });

  test('is left alone on moments that somebody does not want', () => {
    const none = { before: [], evening_at: '18:00' };
    expect(stands(view, '2026-11-26T20:00:00Z', none)).toBeUndefined();
    expect(stands(view, '2026-11-27T12:00:00Z', none)).toBe('today');
    expect(stands(view, '2026-11-27T14:00:00Z', none)).toBe('late'); // what is late is always said
  });
});

describe('a promise for a day', () => {
  test.each([
    ['2026-11-26T17:00:00Z', 'tomorrow'],
    ['2026-11-27T22:59:00Z', 'today'], // one minute before midnight in Brussels
    ['2026-11-27T23:00:00Z', 'late'],
  ])('at %s: %s', (at, expected) => expect(stands({ on: '2026-11-27' }, at)).toBe(expected));
});

describe('over a change of the clocks', () => {
  test('the evening before is at six on the wall, before and after', () => {
    // 28 March 2027 has 23 hours, 25 October 2026 has 25.
    expect(stands({ on: '2027-03-28' }, '2027-03-27T16:59:00Z')).toBeUndefined();
    expect(stands({ on: '2027-03-28' }, '2027-03-27T17:00:00Z')).toBe('tomorrow');
    expect(stands({ on: '2027-03-29' }, '2027-03-28T15:59:00Z')).toBeUndefined();
    expect(stands({ on: '2027-03-29' }, '2027-03-28T16:00:00Z')).toBe('tomorrow');
    expect(stands({ on: '2026-10-26' }, '2026-10-25T16:59:00Z')).toBeUndefined();
    expect(stands({ on: '2026-10-26' }, '2026-10-25T17:00:00Z')).toBe('tomorrow');
  });
});

test.each(['done', 'declined', 'withdrawn', 'cancelled_by_person', 'missed_by_us', 'let_go'])('%s wants nothing any more', (state) => {
  expect(stands({ at: '2026-11-27T13:00:00Z', state }, '2026-11-27T12:00:00Z')).toBeUndefined();
  expect(stands({ at: '2026-11-27T13:00:00Z', state }, '2026-11-28T12:00:00Z')).toBeUndefined();
});

test('one that was moved stands where it was moved to', () => {
  expect(stands({ on: '2026-12-24', state: 'moved' }, '2026-11-28T12:00:00Z')).toBeUndefined();
  expect(stands({ on: '2026-12-24', state: 'moved' }, '2026-12-24T12:00:00Z')).toBe('today');
});

test('only what is mine counts; what nobody took is the coordinator’s', () => {
  const at = '2026-11-27T13:00:00Z';
  const others = promise({ at, assignee: 'member:m2' });
  const nobody = promise({ at, assignee: undefined, who_acts: 'member' }, 'm2');
  const persons = promise({ at, assignee: undefined, who_acts: 'person' }, 'm2');
  const records = withAll(promise({ at }), promise({ on: '2026-11-28' }), others, nobody, persons);

  const found = standings(records, ME, MOMENTS, now('2026-11-27T12:00:00Z'));

  expect([found.soon.length, found.tomorrow.length, countOf(found)]).toEqual([1, 0, 1]);
  expect(countOf(standings(records, ME, MOMENTS, now('2026-11-27T18:00:00Z')))).toBe(2); // one late, one tomorrow
  expect(nobodys(records)).toEqual([nobody]);
});

test('a coordinator is told of those too, once each', () => {
  const view = { on: '2026-11-27', assignee: null };
  const [own, nobody] = [promise({ ...view, who_acts: 'member' }), promise({ ...view, who_acts: 'service' }, 'm2')];
  const records = withAll(own, nobody, promise({ ...view, who_acts: 'person' }, 'm2'), promise({ ...view, assignee: 'member:m3' }, 'm2'));
  const at = now('2026-11-27T09:00:00Z');

  expect(standings(records, { ...ME, role: 'coordinator' } as Me, MOMENTS, at).today).toEqual([own, nobody]);
  expect(standings(records, { ...ME, role: 'generalist' } as Me, MOMENTS, at).today).toEqual([own]);
});

describe('a promise of somebody who left is the coordinator’s, as the server reminds', () => {
  const member = (id: string, view: Record<string, unknown>): Shown =>
    ({ id, kind: 'member', view: { active: true, role: 'generalist', service: null, ...view } }) as unknown as Shown;
  const team = { 'team/m1': true, 'team/m2': true, 'team/m4': true };
  const event = (state: string): Shown => ({ id: 'e1', kind: 'event', view: { state, ...team } }) as unknown as Shown;
  const here = (state: string, ...promises: readonly Shown[]): Records => {
    const all = [
      event(state),
      member('c1', { role: 'coordinator' }),
      member('m1', { service: 's1' }),
      member('m2', { active: false }), // left
      member('m3', {}), // of another team
      member('m4', { role: 'service_worker', service: 's2', active: false }),
      ...promises,
    ];
    return {
      all: (kind: string) => all.filter((one) => one.kind === kind),
      get: (id: string) => all.find((one) => one.id === id),
    } as unknown as Records;
  };
  const of = (view: Record<string, unknown>, author = 'm1'): Shown => ({ ...promise({ on: '2026-11-27', ...view }, author), event: 'e1' });
  const COORDINATOR = { member: 'c1', role: 'coordinator', service: null } as Me;
  const at = now('2026-11-27T09:00:00Z');

  test.each([
    ['the one it was given to left', { assignee: 'member:m2', who_acts: 'member' }, 'm1', 'm2'],
    ['works at another event now', { assignee: 'member:m3', who_acts: 'member' }, 'm1', 'm3'],
    ['everybody of its service left', { assignee: 'service:s2', who_acts: 'service' }, 'm1', 's2'],
    ['the visitor acts, and whoever wrote it left', { assignee: null, who_acts: 'person' }, 'm2', 'm2'],
    ['nobody ever took it', { assignee: null, who_acts: 'member' }, 'm1', ''],
  ])('%s', (_, view, author, former) => {
    const left = of(view, author);
    const records = here('open', left);

    expect(nobodys(records)).toEqual([left]);
    expect(standings(records, COORDINATOR, MOMENTS, at).today).toEqual([left]);
    expect(formerOf(left)).toBe(former);
    expect(nobodys(here('archived', left))).toEqual([]);
  });

  test.each([
    { assignee: 'member:m1', who_acts: 'member' },
    { assignee: 'member:c1', who_acts: 'member' },
    { assignee: 'service:s1', who_acts: 'service' },
    { assignee: null, who_acts: 'supporter' },
    { assignee: 'member:m2', who_acts: 'member', state: 'done' },
  ])('but not %o', (view) => expect(nobodys(here('closed', of(view)))).toEqual([]));
});

describe('a calendar rings when its worker is reminded', () => {
  const rings = (view: Record<string, unknown>, at: string, moments = MOMENTS) => alarmsOf(promise(view), moments, now(at));
  const hour = { at: '2026-11-27T13:00:00Z' }; // 14:00 in Brussels

  test('the evening before, and so long before the hour', () => {
    expect(rings(hour, '2026-11-20T09:00:00Z')).toEqual([20 * 60, 120]);
    expect(rings({ on: '2026-11-27' }, '2026-11-20T09:00:00Z')).toEqual([6 * 60]); // before the day begins
  });

  test('and when the promise itself asks for it', () => {
    expect(rings({ ...hour, remind_before: 'PT4H' }, '2026-11-20T09:00:00Z')).toEqual([20 * 60, 240, 120]);
    expect(rings({ ...hour, remind_before: 'PT4H' }, '2026-11-20T09:00:00Z', { ...MOMENTS, before: [] })).toEqual([240]);
  });

  test('not for who looks by themselves, nor for what is over', () => {
    expect(rings(hour, '2026-11-20T09:00:00Z', { ...MOMENTS, before: [] })).toEqual([]);
    expect(rings(hour, '2026-11-27T09:00:00Z')).toEqual([120]);
    expect(rings({}, '2026-11-20T09:00:00Z')).toEqual([]);
  });

  test('over a change of the clocks it is the evening on the wall', () => {
    expect(rings({ at: '2027-03-28T08:00:00Z' }, '2027-03-20T09:00:00Z')).toEqual([15 * 60, 120]); // 10:00, an hour shorter since 18:00
  });
});
