/** What is kept of how somebody wants to be reached: nothing without their yes. */
import { describe, expect, test } from 'vitest';
import type { Device, Shown } from '../../../pwa/src/device/types.ts';
import {
  contactsOf,
  corrected,
  isAmong,
  reaching,
  reachOf,
  toggled,
  UNASKED,
  unusable,
  withdrawn,
} from '../../../pwa/src/features/promises/reach.ts';
import { Day } from '../support/day.ts';

let ids = 0;
const device = { newId: () => `id-${++ids}`, now: () => Date.parse('2026-09-19T12:00:00Z') } as unknown as Device;
const yes = { ...UNASKED, agreed: 'given', channel: 'phone', value: ' 0400 00 00 11 ', call_me: 'Kapitein' } as const;
const kept = (reach: Parameters<typeof reaching>[3]) => reaching(device, 'event', 'card', reach);

describe('what was asked with a promise', () => {
  test('is a receipt, and under it how to reach the person, for 90 days', () => {
    const [receipt, contact, ...more] = kept(yes);

    expect(receipt).toMatchObject({ kind: 'consent', set: { card: 'card', 'purposes/call_back': 'given', given_how: 'spoken' } });
    expect(contact?.set).toEqual({
      card: 'card',
      channel: 'phone',
      value: '0400 00 00 11',
      call_me: 'Kapitein',
      consent: receipt?.id,
      expires_on: '2026-12-18',
    });
    expect(more).toEqual([]);
  });

  test('is the receipt alone where they refuse, whatever was typed before', () => {
    expect(kept({ ...yes, agreed: 'refused' }).map(({ set }) => set['purposes/call_back'])).toEqual(['refused']);
  });

  test('is nothing where nobody asked', () => expect(kept({ ...yes, agreed: '' })).toEqual([]));

  test('holds no number of who comes back by themselves', () => {
    expect(kept({ ...yes, channel: 'returns' })[1]?.set).not.toHaveProperty('value');
  });
});

describe('a contact that stands', () => {
  const { records } = new Day();
  const contact = records.all('contact').find((one) => one.view.safe_rules && one.view.channel === 'phone') as Shown;

  test('is found on its card', () => expect(contactsOf(records, contact.view.card)).toContain(contact));

  test('is put right where it says something else, and only there', () => {
    expect(corrected(contact, reachOf(contact))).toEqual([]);
    expect(corrected(contact, { ...reachOf(contact), value: '0400 00 00 99', safe_rules: '' }).map(({ set }) => set)).toEqual([
      { value: '0400 00 00 99', safe_rules: null },
    ]);
  });

  test('says nothing any more once it was taken back, and its receipt says since when', () => {
    const [gone, receipt] = withdrawn(device, contact);

    const view = { ...contact.view, ...gone?.set };
    expect(contactsOf({ naming: () => [{ ...contact, view }] } as unknown as typeof records, 'card')).toEqual([]);
    expect(receipt).toMatchObject({ id: contact.view.consent, set: { withdrawn_at: '2026-09-19T12:00:00Z' } });
  });
});

test('a sentence of what is safe is put to the others, and taken out again', () => {
  const both = toggled(toggled('', 'Alleen overdag', true), 'Geen bericht', true);

  expect([both, isAmong(both, 'Geen bericht')]).toEqual(['Alleen overdag; Geen bericht', true]);
  expect(toggled(both, 'Alleen overdag', false)).toBe('Geen bericht');
});

test.each([
  ['phone', '0400 00 00 11', undefined],
  ['sms', '+32 (0)400/00.00.11', undefined],
  ['phone', 'abc', 'no-number'],
  ['phone', '0400', 'no-number'],
  ['phone', ' ', 'missing'],
  ['supporter', 'haar zus', undefined],
  ['supporter', '', 'missing'],
  ['returns', '', undefined],
  ['', '', undefined],
])('%s "%s": what is said of it is %s', (channel, value, said) => {
  expect(unusable({ ...yes, channel, value })).toBe(said);
});
