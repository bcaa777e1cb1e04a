/** A calendar feed speaks the language of whoever made it. */
import { expect, test } from 'vitest';
import type { Device } from '../../../pwa/src/device/types.ts';
import { makeFeed } from '../../../pwa/src/features/reminders/feed.ts';

test('the server is told of the language before the link is made, also by who never turned reminders on', async () => {
  const happened: unknown[] = [];
  const device = {
    reminders: { speak: async (language: string) => happened.push(language) },
    api: async (...asked: unknown[]) => {
      happened.push(asked);
      return { made_at: 1, shows: 'count', link: 'https://onthaal.example/calendar/x.ics' };
    },
  } as unknown as Device;

  const made = await makeFeed(device, 'count', 'fr');

  expect(happened).toEqual(['fr', ['POST', '/api/reminders/calendar', { shows: 'count' }]]);
  expect(made.link).toContain('/calendar/');
});
