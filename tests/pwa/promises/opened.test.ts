/** A touch on a reminder leads to its promise, for a worker and for the desk; and never nowhere (docs/reminders.md). */
import { describe, expect, test } from 'vitest';
import { placeAfter, placeAgain, placeOf } from '../../../pwa/src/features/promises/opened.ts';

const ON_TABLET = { isDesk: false, path: '/reminder/Cm9vU3pYc2FtcGxlaWQwMA/done' };
const AT_DESK = { isDesk: true, path: '/reminder/Cm9vU3pYc2FtcGxlaWQwMA/later' };
const isHere = (id: string): boolean => id === 'f1' || id === 'f2';

describe('what the server said', () => {
  test.each([
    ['follow_ups', ['f1'], '/promise/f1/done', '/desk/promise/f1/later'],
    ['follow_ups', ['f1', 'f2'], '/promises', '/desk/reminders'],
    ['follow_ups', ['of-elsewhere'], '/promises', '/desk/reminders'],
    ['digest', [], '/promises', '/desk/reminders'],
    ['review', [], '/desk', '/desk'],
  ])('%s of %j', (kind, follow_ups, onTablet, atDesk) => {
    expect(placeOf({ kind, follow_ups }, ON_TABLET, isHere)).toBe(onTablet);
    expect(placeOf({ kind, follow_ups }, AT_DESK, isHere)).toBe(atDesk);
  });

  test('nothing was chosen', () => {
    expect(placeOf({ kind: 'follow_ups', follow_ups: ['f1'] }, { isDesk: true, path: '/reminder/x' }, isHere)).toBe('/desk/promise/f1');
  });
});

describe('what the server did not say', () => {
  test('a desk whose session ended signs in, and is back at its reminder', () => {
    const { place, message } = placeAfter({ code: 'not_signed_in', status: 401 }, AT_DESK);

    expect([place, message]).toEqual([`/desk/again${AT_DESK.path}`, '']);
    expect(placeAgain(place)).toBe(AT_DESK.path);
  });

  test.each(['/desk/again', '/desk/again/https://elsewhere.example', '/desk/again/desk/leave'])('%s leads to the desk', (path) => {
    expect(placeAgain(path)).toBe('/desk');
  });

  test.each([
    ['offline', 0, 'reminder-offline'],
    ['not_found', 404, 'reminder-not-yours'],
    ['too_many', 429, 'error-too_many'],
    ['internal', 500, 'error-internal'],
  ])('%s is said as it is', (code, status, message) => {
    expect(placeAfter({ code, status }, ON_TABLET)).toEqual({ place: '/promises', message });
    expect(placeAfter({ code, status }, AT_DESK)).toEqual({ place: '/desk/reminders', message });
  });
});
