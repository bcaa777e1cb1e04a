import { describe, expect, test, vi } from 'vitest';
import type { Device } from '../../../pwa/src/device/types.ts';
import { cardField } from '../../../pwa/src/domain/cardfield.ts';
import { hashOf } from '../../../pwa/src/domain/cards.ts';
import { Day, EVENT } from '../support/day.ts';

vi.mock('../../../pwa/src/text/text.svelte.ts', () => ({ t: (key: string) => key, maybe: (key: string) => key }));
const CODE = 'q3Jr0eN3cVb2hVqk8m1o2A';

describe('the back of a card before the camera', async () => {
  const day = new Day();
  const set = { animal: 'fox', number: '794', back_code_hash: await hashOf(CODE), state: 'blank' };
  day.write({ at: '2026-09-19T10:00:00+02:00', worker: 'w8', record: 'card-new', kind: 'card', set });
  const device = { records: day.records } as unknown as Device;

  test('is its animal and digits', async () => {
    expect(await cardField(device, EVENT).scan.read(CODE)).toEqual({ animal: 'fox', number: '794' });
  });

  test('of another event is refused in words', async () => {
    expect(await cardField(device, 'event-002').scan.read(CODE)).toBe('card-scan-elsewhere');
  });

  test.each(['https://example.org/', 'hare 794', ''])('that says %j is refused in words', async (text) => {
    expect(await cardField(device, EVENT).scan.read(text)).toBe('card-scan-unknown');
  });

  test('without a camera can be typed, and that is said', () => {
    expect(cardField(device, EVENT).scan.failed('no_camera')).toBe('card-scan-no-camera');
  });
});
