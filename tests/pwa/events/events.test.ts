import { describe, expect, test } from 'vitest';
import type { Records, Shown } from '../../../pwa/src/device/types.ts';
import { blankPlan, closesNextDay, isUnused, NEXT, problemsOf, TO_ARCHIVE } from '../../../pwa/src/features/events/events.ts';

const plan = { ...blankPlan(Date.parse('2026-11-27T10:00:00Z')), name: 'Plein in de winter', place: 'Muntplein' };

describe('what is told of an event', () => {
  test('is right with a name, a place, and an end after its start', () => {
    expect(problemsOf(plan)).toEqual({});
    expect(problemsOf({ ...plan, to: plan.from })).toEqual({});
  });

  test('is wrong where a name is empty, and where an end is before its start: both of the two are said', () => {
    expect(problemsOf({ ...plan, name: ' ', from: '2026-11-29', to: '2026-11-28' })).toEqual({
      name: 'event-needs-this',
      from: 'event-ends-early',
      to: 'event-ends-early',
    });
    expect(problemsOf({ ...plan, opens: '19:00', closes: '13:30' })).toEqual({ opens: 'event-closes-early', closes: 'event-closes-early' });
    expect(problemsOf({ ...plan, opens: '' })).toEqual({ opens: 'event-needs-this' });
  });
});

describe('hours that end after midnight', () => {
  const night = { ...plan, from: '2026-11-27', to: '2026-11-28', opens: '22:30', closes: '04:00' };

  test('are those of an event of two dates; of one date, a slip', () => {
    expect([problemsOf(night), closesNextDay(night)]).toEqual([{}, true]);
    expect(problemsOf({ ...night, to: night.from })).toEqual({ opens: 'event-closes-early', closes: 'event-closes-early' });
    expect(problemsOf({ ...night, closes: night.opens })).toEqual({ opens: 'event-closes-early', closes: 'event-closes-early' });
  });

  test('are not said of hours that end on their own day', () => {
    for (const one of [plan, { ...night, closes: '23:30' }, { ...night, to: night.from }, { ...night, closes: '' }])
      expect(closesNextDay(one)).toBe(false);
  });
});

describe('an event made by mistake', () => {
  const event = { id: 'e1', event: 'e1', kind: 'event', view: { state: 'draft' } } as unknown as Shown;
  const of = (kind: string, view = {}): Shown => ({ id: kind, event: 'e1', kind, view }) as unknown as Shown;
  const holding = (...found: Shown[]): Records =>
    ({ all: (kind: string) => found.filter((one) => one.kind === kind) }) as unknown as Records;

  test('can go as long as it is a draft and nobody wrote anything at it', () => {
    expect(isUnused(holding(of('presence'), of('card', { state: 'blank' })), event)).toBe(true);
    for (const written of [of('tally'), of('visit'), of('card', { state: 'given' })]) expect(isUnused(holding(written), event)).toBe(false);
    expect(isUnused(holding(), { ...event, view: { state: 'open' } })).toBe(false);
  });

  test('goes by the steps that every event takes', () => {
    const steps = ['draft', ...TO_ARCHIVE];
    expect(steps.slice(1)).toEqual(steps.slice(0, -1).map((one) => NEXT[one]));
  });
});
