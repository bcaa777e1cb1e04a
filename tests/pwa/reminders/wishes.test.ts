/** What a touch makes of somebody's wishes, within what the server takes (docs/reminders.md). */
import { expect, test } from 'vitest';
import type { Wish } from '../../../pwa/src/device/types.ts';
import { endedOf, type Sent } from '../../../pwa/src/features/reminders/sent.ts';
import { forEverybody, NOTHING, withBefore, withPerDay, withQuietDay, withTime } from '../../../pwa/src/features/reminders/wishes.ts';

const WISH: Wish = forEverybody(NOTHING);

test('at most four moments before, and six quiet days', () => {
  const four = { ...WISH, before: ['P1D', 'P2D', 'PT3H', 'PT2H'] };
  expect(withBefore('PT1H', true)(four)).toEqual({ before: four.before });
  expect(withBefore('P2D', false)(four)).toEqual({ before: ['P1D', 'PT3H', 'PT2H'] });
  expect(withBefore('PT1H', true)(WISH)).toEqual({ before: ['P1D', 'PT2H', 'PT1H'] });
  expect(withQuietDay(6, true)({ ...WISH, quiet_days: [7] })).toEqual({ quiet_days: [6, 7] });
  expect(withQuietDay(1, true)({ ...WISH, quiet_days: [2, 3, 4, 5, 6, 7] })).toEqual({ quiet_days: [2, 3, 4, 5, 6, 7] });
});

test('an emptied or impossible field changes nothing', () => {
  expect([withPerDay(''), withPerDay('0'), withPerDay('21'), withPerDay('2.5'), withTime('evening_at', '')]).toEqual([{}, {}, {}, {}, {}]);
  expect([withPerDay('3'), withTime('digest_at', '08:15')]).toEqual([{ per_day: 3 }, { digest_at: '08:15' }]);
});

test('what the organisation wished holds for everybody; the rest is as it always is', () => {
  expect(forEverybody({ ...NOTHING, quiet_days: [], digest: false })).toEqual({ ...WISH, quiet_days: [], digest: false });
});

test('what became of a reminder names what happened on some device', () => {
  const sent = { devices: 3, accepted: 2, expired: 1, gave_up: 0, needless: 0, waiting: 0 } as Sent;
  expect(endedOf(sent)).toEqual([
    { end: 'accepted', count: 2 },
    { end: 'expired', count: 1 },
  ]);
});
