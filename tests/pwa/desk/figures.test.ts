import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../../pwa/src/features/desk/figures.ts';
import { Day, EVENT } from '../support/day.ts';

const whole = new Day();

describe('the figures of the day', () => {
  test('are those that the day expects', () => {
    const figures = figuresOf(whole.records, EVENT);
    const { records, tallies, issues } = whole.file.expected;
    expect(figures.tallies).toEqual(tallies);
    expect([figures.issues, figures.referrals]).toEqual([records.issue, records.referral]);
    expect(Object.fromEntries(figures.themes)).toEqual(issues.theme);
  });

  test('put the commonest theme first', () => {
    const numbers = figuresOf(whole.records, EVENT).themes.map(([, n]) => n);
    expect(numbers).toEqual(numbers.toSorted((one, two) => two - one));
  });
});
