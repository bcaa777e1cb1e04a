/** The tables and the talks of the square: what whoever sits there says of themselves, and what a worker finds again. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Device, Records, Shown } from '../../../pwa/src/device/types.ts';
import { isUnused, OUTCOMES, serviceName, TAKEN_AWAY, tablesOf } from '../../../pwa/src/domain/handing.ts';
import { freeFirst, halfOf } from '../../../pwa/src/features/handover/handover.ts';
import {
  endedToday,
  halves,
  leaving,
  openCards,
  returning,
  signsOf,
  talksToday,
  themesOf,
  untilOf,
} from '../../../pwa/src/features/square/square.ts';
import { Day, EVENT } from '../support/day.ts';

const words = vi.hoisted(() => ({ language: 'nl' }));
vi.mock('../../../pwa/src/text/text.svelte.ts', () => ({
  language: () => words.language,
  t: (_: string, { number }: { number: string }) => `${words.language === 'nl' ? 'Tafel' : 'Table'} ${number}`,
}));

const NOW = Date.parse('2026-09-19T15:00:00Z');
const { records } = new Day();

describe('a table', () => {
  test('is gone from the moment that its worker leaves, and free when they are back', () => {
    expect(leaving(NOW)).toEqual({ state: 'gone', until: '2026-09-19T15:00:00Z' });
    expect(returning()).toEqual({ state: 'free', until: null });
  });

  test('is there until an hour of today, or until nobody said when', () => {
    expect([untilOf('18:30', NOW), untilOf('', NOW)]).toEqual(['2026-09-19T16:30:00Z', null]);
  });
});

test('no two outcomes at a table are kept as the same: what was touched is what is shown afterwards', () => {
  const kept = OUTCOMES.map(({ state, reason }) => `${state} ${reason}`);
  expect(new Set(kept).size).toBe(kept.length);
});

describe('the tables', () => {
  const at = (table_label: string, state: string) => ({ id: table_label, event: EVENT, view: { table_label, state } }) as unknown as Shown;
  const three = [at('Tafel 10', 'free'), at('Tafel 2', 'busy'), at('Tafel 1', 'gone')];
  const labels = (tables: readonly { label: string }[]): string[] => tables.map(({ label }) => label);
  const found = tablesOf({ all: () => three, get: () => undefined } as unknown as Records, EVENT);

  test('stay in their place, whatever their state: none moves under a finger', () => {
    expect(labels(found)).toEqual(['Tafel 1', 'Tafel 2', 'Tafel 10']);
  });

  test('that were taken away are in no list; only one to which nobody was sent is taken away', () => {
    const away = { ...at('', 'gone'), view: { ...TAKEN_AWAY } } as unknown as Shown;
    expect(labels(tablesOf({ all: () => [...three, away], get: () => undefined } as unknown as Records, EVENT)).length).toBe(3);
    const sentTo = String(records.all('referral').find((one) => one.view.to_table)?.view.to_table);
    expect([isUnused(records, sentTo), isUnused(records, 'presence-new')]).toEqual([false, true]);
  });

  test('have the name that the app made in the language of the screens, and their own as it is', () => {
    const both = { all: () => [at('Tafel 2', 'free'), at('Table 3', 'free'), at('Tafel bij de boom', 'free')], get: () => undefined };
    expect(labels(tablesOf(both as unknown as Records, EVENT))).toEqual(['Tafel 2', 'Tafel 3', 'Tafel bij de boom']);
    words.language = 'fr';
    expect(labels(tablesOf(both as unknown as Records, EVENT))).toEqual(['Table 2', 'Table 3', 'Tafel bij de boom']);
    words.language = 'nl';
  });

  test('are offered free ones first', () =>
    expect(labels(freeFirst(records, found, undefined))).toEqual(['Tafel 10', 'Tafel 2', 'Tafel 1']));

  test('are offered those first, of the free ones, whose service is for the theme', () => {
    const tables = tablesOf(records, EVENT).map((one) => ({ ...one, state: 'free' }));
    const offered = freeFirst(records, tables, 'HOU').map(({ service }) => records.get(service)?.view['themes/HOU'] === true);
    expect(offered).toContain(true);
    expect(offered).toEqual(offered.toSorted((one, two) => Number(two) - Number(one)));
    expect(labels(freeFirst(records, tables, undefined))).toEqual(labels(tables));
  });
});

describe('how my hand-overs ended today', () => {
  const event = { id: EVENT, view: { state: 'open' } } as unknown as Shown;
  const found = endedToday(records, event, sender(), NOW);

  test('is told of mine alone, of those that are at an end, latest first, and no longer tomorrow', () => {
    const ends = found.map((one) => one.at('state'));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((one) => one.author === sender() && !['requested', 'accepted'].includes(String(one.view.state)))).toBe(true);
    expect(ends).toEqual(ends.toSorted((one, two) => two - one));
    expect(endedToday(records, event, sender(), NOW + 86_400_000)).toEqual([]);
  });
});

describe('whom a table did not take', () => {
  const referral = (id: string, made: number, state: string, card = 'card-1', author = 'me') =>
    ({ id, kind: 'referral', event: EVENT, author, made, at: () => NOW, view: { state, card } }) as unknown as Shown;
  const open = { id: EVENT, view: { state: 'open' } } as unknown as Shown;
  const over = { id: EVENT, view: { state: 'closed' } } as unknown as Shown;
  const ids = (event: Shown, ...all: Shown[]): string[] =>
    openCards({ all: () => all } as unknown as Records, event, 'me').map(({ id }) => id);
  const away = referral('away', 1, 'rejected');

  test('stays with whoever sent them, before the others, until the card is handed on again or the event is over', () => {
    expect(ids(open, referral('other', 2, 'accepted', 'card-2'), away)).toEqual(['away', 'other']);
    expect(ids(open, away, referral('again', 2, 'requested', 'card-1', 'somebody'))).toEqual([]);
    expect(ids(open, referral('before', 0, 'completed'), away)).toEqual(['away']);
    expect(ids(over, away)).toEqual([]);
    expect(ids(open, { ...away, author: 'somebody' }, referral('back', 1, 'withdrawn'))).toEqual([]);
  });

  test('is told as an end once that is so, and never in both places', () => {
    const again = referral('again', 2, 'requested');
    const ended = (...all: Shown[]): string[] => endedToday({ all: () => all } as unknown as Records, open, 'me', NOW).map(({ id }) => id);
    expect([ended(away), ended(away, again)]).toEqual([[], ['away']]);
  });
});

/** Whoever sent the first person who was helped. */
function sender(): string {
  return records.all('referral').find((one) => one.view.state === 'completed')?.author ?? '';
}

describe('my talks of today', () => {
  const worker = records.all('visit').find((one) => one.event === EVENT && one.author)?.author ?? '';

  test('are mine, of this event and this day, latest first, each theme of them once', () => {
    const found = talksToday(records, EVENT, worker, NOW);
    const made = found.map((one) => one.made);

    expect(found.length).toBeGreaterThan(0);
    expect(found.every((one) => one.author === worker)).toBe(true);
    expect(made).toEqual(made.toSorted((one, two) => two - one));
    for (const { id } of found) expect(new Set(themesOf(records, id)).size).toBe(themesOf(records, id).length);
    expect(talksToday(records, EVENT, worker, NOW + 86_400_000)).toEqual([]);
    expect(talksToday(records, 'another', worker, NOW)).toEqual([]);
  });
});

describe('what was half done', () => {
  test('leads back to its own form', () => {
    const text = JSON.stringify({ table: 'presence-003' });
    const kept = [
      ['handover/half:1/', text],
      ['reach/promise-1', '{}'],
    ] as const;
    const drafts = { under: (prefix: string) => kept.filter(([key]) => key.startsWith(prefix)) } as unknown as Device['drafts'];

    expect(halves(drafts).map(({ what, path }) => [what, path])).toEqual([
      ['promise', '/promise/promise-1'],
      ['handover', '/handover/half:1/'],
    ]);
    expect(halfOf(text)).toEqual({ table: 'presence-003', typed: { animal: '', number: '' }, shares: '', issue: '' });
  });
});

test('two that are half done are told apart by their hour and card, and by no word of anybody', () => {
  const visit = '01a0da1e-9c80-7abc-8def-0123456789ab'; // its first six bytes: when it was begun
  const half = (key: string, text: string) => signsOf(records, { what: 'talk', key, text, path: '' });
  const at = 0x01a0da1e9c80;

  expect(half(`words/${visit}`, '{ van de vorige')).toEqual({ at, face: undefined });
  expect(half('promise/new', JSON.stringify({ face: { animal: 'fox', number: '794' } }))).toEqual({
    at: undefined,
    face: { animal: 'fox', number: '794' },
  });
  expect(half(`handover/${visit}/`, JSON.stringify({ typed: { animal: 'fox', number: '79' } }))).toEqual({ at, face: undefined });
});

describe('a service', () => {
  const view: Record<string, string> = { name: 'Woonadvies', alternate_name: 'Conseil logement' };
  const at = { get: () => ({ view }) } as unknown as typeof records;
  afterEach(() => {
    words.language = 'nl';
    delete view['name_in/en'];
  });

  test('is called as in the language of the screens', () => {
    const names = ['nl', 'fr', 'en'].map((language) => {
      words.language = language;
      return serviceName(at, 's1');
    });

    expect(names).toEqual(['Woonadvies', 'Conseil logement', 'Conseil logement']);
  });

  test('has the name that it has for that language, where it has one', () => {
    view['name_in/en'] = 'Housing advice';
    words.language = 'en';

    expect(serviceName(at, 's1')).toBe('Housing advice');
  });
});
