import { expect, test, vi } from 'vitest';
import type { Shown } from '../../../pwa/src/device/types.ts';
import { eventOptions } from '../../../pwa/src/domain/events.ts';
import { setLanguage } from '../../../pwa/src/text/text.svelte.ts';

test('events of one place and day are told apart by their names, and the others stay short', async () => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal('document', { documentElement: {} });
  await setLanguage('nl');
  const event = (id: string, place: string, name: string): Shown =>
    ({ id, view: { place, name, 'dates/from': '2026-11-27', state: 'open' } }) as unknown as Shown;

  const words = eventOptions([event('a', 'Muntplein', 'Ochtend'), event('b', 'Muntplein', 'Avond'), event('c', 'Bockstael', 'Dag')]);

  expect(words.map((one) => one.words)).toEqual([
    'Muntplein · 27 november 2026 · open · Ochtend',
    'Muntplein · 27 november 2026 · open · Avond',
    'Bockstael · 27 november 2026 · open',
  ]);
});
