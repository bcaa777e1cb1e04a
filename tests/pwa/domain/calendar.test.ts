/** A promise in somebody's own calendar, read back by the parser that Thunderbird uses. */
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import type { Shown } from '../../../pwa/src/device/types.ts';
import { calendarOf, type Entry } from '../../../pwa/src/domain/calendar.ts';

const NOW = Date.parse('2026-11-26T21:00:00Z');
const promise = (view: Record<string, unknown>): Shown => ({ id: 'f1', kind: 'follow_up', view }) as unknown as Shown;

function read(view: Record<string, unknown>, entry: Entry): ICAL.Event {
  const calendar = new ICAL.Component(ICAL.parse(calendarOf(promise(view), entry, NOW)) as unknown[]);
  return new ICAL.Event(calendar.getFirstSubcomponent('vevent') ?? undefined);
}

test('an hour is the same moment everywhere', () => {
  const event = read({ at: '2026-11-27T13:00:00Z' }, { summary: 'Onthaal: 1 afspraak' });

  expect(event.startDate.toJSDate().toISOString()).toBe('2026-11-27T13:00:00.000Z');
  expect(event.endDate.toJSDate().toISOString()).toBe('2026-11-27T13:30:00.000Z');
  expect([event.summary, event.location, event.uid]).toEqual(['Onthaal: 1 afspraak', null, 'f1@onthaal']);
});

test('a day without an hour is that day, not a moment', () => {
  const event = read({ on: '2027-03-28' }, { summary: 'x' });

  expect([event.startDate.isDate, event.startDate.toString(), event.endDate.toString()]).toEqual([true, '2027-03-28', '2027-03-29']);
});

test('a place stands there only where it is given; what it holds stays one line of text', () => {
  const place = 'Bockstaellaan 12; 2e verdieping, links\nbel: "Plein" \\ naast de bakker – café Ligne, lokaal 4, Brussel 1020 🏠🏠🏠🏠';

  expect(read({ at: '2026-11-27T13:00:00Z' }, { summary: 'x', place }).location).toBe(place);
  for (const line of calendarOf(promise({ on: '2026-11-27' }), { summary: 'x', place }, NOW).split('\r\n'))
    expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
});

test('rings as often before as is asked for', () => {
  const { component } = read({ at: '2026-11-27T13:00:00Z' }, { summary: 'x', alarmsMin: [1200, 120] });
  const alarms = component.getAllSubcomponents('valarm');

  expect(alarms.map((one) => String(one.getFirstPropertyValue('trigger')))).toEqual(['-PT1200M', '-PT120M']);
  expect(alarms[0]?.getFirstPropertyValue('description')).toBe('x');
  expect(calendarOf(promise({ on: '2026-11-27' }), { summary: 'x', alarmsMin: [] }, NOW)).not.toContain('VALARM');
});

describe('says nothing that was not asked for', () => {
  test('of what was promised, to whom, on which card', () => {
    const view = { at: '2026-11-27T13:00:00Z', promised: 'Zq7pX2', place: 'Vk9', card: 'c1', what: 'call', assignee: 'member:m1' };
    const text = calendarOf(promise(view), { summary: 'Onthaal: 1 afspraak' }, NOW);

    for (const word of ['Zq7pX2', 'Vk9', 'c1', 'm1']) expect(text).not.toContain(word);
  });

  test('of a promise without a day', () => expect(calendarOf(promise({}), { summary: 'x' }, NOW)).toBe(''));
});
