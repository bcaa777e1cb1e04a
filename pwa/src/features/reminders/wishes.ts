/** What somebody, or an organisation, wishes of reminders: the choices, and what a touch makes of them. Pure. */
import type { Wish, Wishes } from '../../device/types.ts';

export const BEFORE = ['P1D', 'P2D', 'PT3H', 'PT2H', 'PT1H', 'PT30M'] as const;
export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const BEFORE_MAX = 4;
const QUIET_DAYS_MAX = 6;
const PER_DAY_MAX = 20;

/** What a touch makes of what counts when its turn comes: the answer to the one before may still be on its way. */
export type Changing = (wish: Wish) => Partial<Wishes>;

/** As everybody has it who wished nothing. */
export const NOTHING: Wishes = {
  is_on: null,
  before: null,
  evening_at: null,
  quiet_from: null,
  quiet_until: null,
  quiet_days: null,
  per_day: null,
  digest: null,
  digest_at: null,
  language: null,
  zone: null,
};

/** As it is where neither a person nor their organisation wished anything (docs/reminders.md). */
const DEFAULTS: Wish = {
  is_on: true,
  before: ['P1D', 'PT2H'],
  evening_at: '18:00',
  quiet_from: '21:00',
  quiet_until: '07:30',
  quiet_days: [7],
  per_day: 4,
  digest: true,
  digest_at: '07:30',
  language: 'nl',
  zone: 'Europe/Brussels',
};

/** The screens' own: where another one was set, they say so (docs/reminders.md). */
export const isElsewhere = ({ zone }: Wish): boolean => zone !== DEFAULTS.zone;

/** What counts for who wished nothing of their own. */
export const forEverybody = (organisation: Wishes): Wish => ({
  ...DEFAULTS,
  ...Object.fromEntries(Object.entries(organisation).filter(([, value]) => value !== null)),
});

/** One more or one less of a few; as it was where that would be too many. */
function toggled<T>(list: readonly T[], one: T, is: boolean, most: number): readonly T[] {
  if (!is) return list.filter((other) => other !== one);
  return list.includes(one) || list.length >= most ? list : [...list, one];
}

export const withBefore =
  (one: string, is: boolean): Changing =>
  ({ before }) => ({ before: toggled(before, one, is, BEFORE_MAX) });

export const withQuietDay =
  (day: number, is: boolean): Changing =>
  ({ quiet_days }) => ({ quiet_days: toggled(quiet_days, day, is, QUIET_DAYS_MAX).toSorted() });

/** A number of pushes that can be kept, or nothing changed. */
export function withPerDay(text: string): Partial<Wishes> {
  const most = Number(text);
  return Number.isInteger(most) && most >= 1 && most <= PER_DAY_MAX ? { per_day: most } : {};
}

/** A time on the wall, or nothing changed: an emptied field says nothing. */
export const withTime = (field: 'evening_at' | 'quiet_from' | 'quiet_until' | 'digest_at', text: string): Partial<Wishes> =>
  /^\d\d:\d\d$/.test(text) ? { [field]: text } : {};
