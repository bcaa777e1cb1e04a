import { expect, test, vi } from 'vitest';
import type { Shown } from '../../../pwa/src/device/types.ts';
import { eventOptions } from '../../../pwa/src/domain/events.ts';
import { setLanguage } from '../../../pwa/src/text/text.svelte.ts';

test('events are told apart by name and day; by place too, where two have both in common', async () => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal('document', { documentElement: {} });
  await setLanguage('nl');
  const event = (id: string, place: string, name: string | undefined, from = '2026-11-27'): Shown =>
    ({ id, view: { place, name, 'dates/from': from, state: 'open' } }) as unknown as Shown;

  const words = eventOptions([
    event('a', 'Muntplein', 'Rechten in de wijk'),
    event('b', 'Bockstael', 'Rechten in de wijk'),
    event('c', 'Bockstael', 'Rechten in de wijk', '2026-11-28'),
    event('d', 'Sint-Katelijneplein', undefined),
  ]);

  expect(words.map((one) => one.words)).toEqual([
    'Rechten in de wijk · Muntplein · 27 november 2026 · open',
    'Rechten in de wijk · Bockstael · 27 november 2026 · open',
    'Rechten in de wijk · 28 november 2026 · open',
    'Sint-Katelijneplein · 27 november 2026 · open',
  ]);
});
