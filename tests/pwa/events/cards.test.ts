import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Device } from '../../../pwa/src/device/types.ts';
import { cardBehind, hashOf, isFace } from '../../../pwa/src/domain/cards.ts';
import { batchIn, blankCard, faceAt, freshCards, MOST, mirrored, PER_SHEET, randomCode } from '../../../pwa/src/features/events/cards.ts';
import { blankPlan, makeEvent, makeService } from '../../../pwa/src/features/events/events.ts';
import { checkEdit } from '../../../pwa/src/sync/checks.ts';
import { cardId } from '../../../pwa/src/sync/ids.ts';
import { Day, EVENT } from '../support/day.ts';

const { records } = new Day();
const ids = (count: number): string[] => freshCards(records, EVENT, count, () => 'code').map((one) => one.id);

describe('cards to print', () => {
  test('carry an animal and three digits that belong together, a thousand of them and no two alike', () => {
    const faces = Array.from({ length: MOST }, (_, n) => faceAt(n));
    expect(faces.every(isFace)).toBe(true);
    expect(new Set(faces.map((one) => `${one.animal} ${one.number}`)).size).toBe(1000);
  });

  test('have the id that two tablets without a network would give them', () => {
    const [first] = freshCards(records, EVENT, 1, randomCode);
    expect(first?.id).toBe(cardId(EVENT, first?.animal ?? '', first?.number ?? ''));
  });

  test('are never more than an event can have', () => {
    expect(ids(5000).length).toBe(MOST);
  });

  test('bear a code of 128 random bits; the server may know only the first half of its hash', async () => {
    const code = randomCode();
    expect(Buffer.from(code, 'base64url').length).toBe(16);
    expect(randomCode()).not.toBe(code);
    expect(await hashOf(code)).toBe(createHash('sha256').update(code).digest('hex').slice(0, 32));
    const card = { id: 'x', animal: 'fox', number: '000', code };
    expect(JSON.stringify(blankCard(EVENT, card, await hashOf(code)))).not.toContain(code);
  });

  test('are found by their code, and by no other; where this tablet does not have them, they are not', async () => {
    const day = new Day();
    const code = randomCode();
    const set = { animal: 'fox', number: '794', back_code_hash: await hashOf(code), state: 'blank' };
    day.write({ at: '2026-09-19T10:00:00+02:00', worker: 'w8', record: 'card-new', kind: 'card', set });

    expect((await cardBehind(day.records, code))?.id).toBe('card-new');
    for (const other of [randomCode(), '', code.toUpperCase(), 'https://example.org/', 'hare 794'])
      expect(await cardBehind(day.records, other)).toBeUndefined();
    expect(await cardBehind(records, code)).toBeUndefined();
  });

  test('wait to be printed as they were made; what was stopped half-way is not among them', () => {
    const day = new Day();
    const [first, second] = ['card-new', 'card-never'].map((id) => ({ id, animal: 'fox', number: '794', code: randomCode() }));
    day.write({ at: '2026-09-19T10:00:00+02:00', worker: 'w8', record: 'card-new', kind: 'card', set: { animal: 'fox', number: '794' } });

    expect(batchIn(JSON.stringify([first, second]), day.records)).toEqual([first]);
    expect(batchIn(undefined, day.records)).toEqual([]);
  });

  test('lie back to back when the sheet is turned over its long side', () => {
    const sheet = Array.from({ length: PER_SHEET }, (_, n) => n);
    expect(mirrored(sheet, 2)).toEqual([1, 0, 3, 2, 5, 4, 7, 6, 9, 8]);
    expect(mirrored([0, 1, 2], 2)).toEqual([1, 0, undefined, 2]);
  });
});

describe('making an event', () => {
  const device = { me: { member: 'w8' } } as Device;

  test('keeps a draft with its maker in the team, and never an end before its beginning', () => {
    const plan = { ...blankPlan(Date.parse('2026-09-19T10:00:00Z')), name: ' Plein ', place: 'Bockstael', to: '2026-09-01' };
    expect(makeEvent(device, EVENT, plan).set).toMatchObject({
      name: 'Plein',
      state: 'draft',
      'team/w8': true,
      'dates/from': '2026-09-19',
      'dates/to': '2026-09-19',
    });
  });

  test('writes only fields that the list of kinds knows', () => {
    const id = '0199c001-0000-7000-8000-000000000001';
    const plan = { ...blankPlan(0), name: 'Plein', place: 'Bockstael', municipality: 'Brussel' };
    const changes = [makeEvent({ me: { member: id } } as Device, id, plan), makeService(id, 'Juristen', ['nl', 'ar'], ['HOU'])];
    for (const change of changes)
      expect(checkEdit({ a: 'Qm3sXw1pT0k', n: 1, h: '0'.repeat(16), u: 0, ...change, over: {} })).toBeUndefined();
  });
});
