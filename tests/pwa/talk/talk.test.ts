import { describe, expect, test, vi } from 'vitest';
import type { Change, Device, Shown } from '../../../pwa/src/device/types.ts';
import { mayHang } from '../../../pwa/src/domain/cards.ts';
import { keepsOn } from '../../../pwa/src/domain/keeping.ts';
import { leftWords, quoting, retheme, reword, risking, tell, tellTheme } from '../../../pwa/src/features/talk/talk.ts';
import { isResidence } from '../../../pwa/src/sync/constraints.ts';
import { Day, EVENT } from '../support/day.ts';

describe('what is kept', () => {
  test('one after another: what is made when its turn comes sees what was kept before', async () => {
    const kept: Change[] = [];
    const write = async (change: Change): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      kept.push(change);
    };
    const keepNext = keepsOn(
      () => ({ write, may: () => undefined }),
      () => {},
    );
    const once = (): Change[] => [{ kind: 'issue', id: `after ${kept.length}`, event: '', set: {} }];

    await Promise.all([keepNext(once), keepNext(once)]);

    expect(kept.map(({ id }) => id)).toEqual(['after 0', 'after 1']);
  });

  test('goes on after something that could not be kept, which is said', async () => {
    const failed = vi.fn();
    const complained = vi.spyOn(console, 'error').mockImplementation(() => {});
    const write = vi.fn<(change: Change) => Promise<void>>().mockRejectedValueOnce(new Error('full')).mockResolvedValue();
    const keepNext = keepsOn(() => ({ write, may: () => undefined }), failed);
    const change = { kind: 'issue', id: 'x', event: '', set: {} };

    expect(await Promise.all([keepNext(() => [change]), keepNext(() => [change])])).toEqual([false, true]);
    expect(failed).toHaveBeenCalledOnce();
    complained.mockRestore();
  });

  test('is nothing that the server would set aside, nor what comes after it; why is said', async () => {
    const failed = vi.fn();
    const write = vi.fn<(change: Change) => Promise<void>>().mockResolvedValue();
    const may = ({ id }: Change) => (id === 'on a card' ? ('not_possible' as const) : undefined);
    const change = (id: string): Change => ({ kind: 'issue', id, event: '', set: {} });

    expect(await keepsOn(() => ({ write, may }), failed)(() => [change('a'), change('on a card'), change('b')])).toBe(false);
    expect(write.mock.calls).toEqual([[change('a')]]);
    expect(failed.mock.calls).toEqual([['not_possible']]);
  });
});

describe('residence', () => {
  const day = new Day();
  const onCard = day.records.all('visit').find((one) => one.view.card && day.records.get(String(one.view.card))) as Shown;
  const device = { me: { member: onCard.author }, records: day.records, now: () => 0 } as unknown as Device;
  const telling = { event: EVENT, visit: onCard.id, issue: 'new' };

  test('told in a talk on a card begins a talk of its own, without the card', () => {
    const changes = tellTheme(device, telling, 'RES', 'apart');
    expect(changes.map(({ kind, id }) => [kind, id])).toEqual([
      ['visit', 'apart'],
      ['issue', 'new'],
    ]);
    expect(changes.map(({ set }) => 'card' in set)).toEqual([false, false]);
    expect(tellTheme(device, telling, 'WON', 'apart')).toMatchObject([
      { kind: 'issue', set: { visit: onCard.id, card: onCard.view.card } },
    ]);
  });

  test('chosen for an issue on a card takes it off the card, its talk too', () => {
    const issue = day.records.naming(onCard.id).find((one) => one.kind === 'issue') as Shown;
    const [talk, moved] = retheme(device, issue, 'RES', 'apart');
    expect(talk).toMatchObject({ kind: 'visit', id: 'apart', set: { channel: onCard.view.channel } });
    expect(moved?.set).toMatchObject({ theme: 'RES', visit: 'apart' });
    expect(moved?.set.card ?? null).toBe(null);
    expect(retheme(device, issue, 'WON', 'apart')).toHaveLength(1);
  });

  test('keeps its talk off every card', () => {
    const residence = day.records.all('issue').find((one) => isResidence(one.view) && one.view.visit) as Shown;
    const talk = day.records.get(String(residence.view.visit)) as Shown;
    expect([mayHang(day.records, talk), mayHang(day.records, onCard)]).toEqual([false, false]);
    const free = day.records.all('visit').find((one) => !one.view.card && day.records.naming(one.id).every((i) => i.view.theme !== 'RES'));
    expect(free && mayHang(day.records, free)).toBe(true);
  });
});

describe('what may be quoted', () => {
  const agreed = {
    id: 'i',
    event: 'e',
    view: { own_words: 'cold', quote_consent: 'agreed_text', agreed_text: 'Cold.' },
  } as unknown as Shown;

  test('is never what could harm somebody, whatever was answered before', () => {
    expect(risking(agreed, true)).toEqual({ risk_flag: true, quote_consent: 'no', agreed_text: null });
    expect(risking(agreed, false)).toEqual({ risk_flag: null });
  });

  test('is a text that was agreed on for as long as that is the answer', () => {
    expect(quoting(agreed, 'no')).toEqual({ quote_consent: 'no', agreed_text: null });
    expect(quoting(agreed, 'agreed_text')).toEqual({ quote_consent: 'agreed_text' });
    expect(reword(agreed, ' ', 'agreed_text')?.set).toEqual({ agreed_text: null });
    expect(reword(agreed, 'Cold. ', 'agreed_text')).toBeUndefined();
  });
});

test('how many a group is stands with its talk from the first remark on', () => {
  const device = { records: new Day().records, now: () => 0 } as unknown as Device;
  const [talk] = tell(device, { event: EVENT, visit: 'v', issue: 'i', many: '6-10' }, { own_words: 'bench' }, 'group', 'group');
  expect(talk?.set).toMatchObject({ channel: 'group', headcount_band: '6-10' });
});

describe('words left in their field', () => {
  const device = (by: string, may: string | undefined = undefined, key = 'own/i'): Device =>
    ({
      me: { member: 'noor' },
      drafts: { under: (prefix: string) => (key.startsWith(prefix) ? [[key, ' it is cold ']] : []) },
      records: { get: (id: string) => (id === 'i' ? { id, event: 'e', view: { own_words: 'it is' }, by: () => by } : undefined) },
      may: () => may,
    }) as unknown as Device;

  test('are kept as who wrote them meant, and are to be read back again', () => {
    const change = { kind: 'issue', id: 'i', event: 'e', set: { own_words: 'it is cold', wording_confirmed: false } };
    expect(leftWords(device('noor'))).toEqual([{ key: 'own/i', text: ' it is cold ', change }]);
  });

  test.each([
    ['ask/i', 'ask'],
    ['offer/i', 'offer_text'],
    ['agreed/i', 'agreed_text'],
  ])('of %s are its %s, and leave alone what was said of the own words', (key, field) => {
    const change = { kind: 'issue', id: 'i', event: 'e', set: { [field]: 'it is cold' } };
    expect(leftWords(device('noor', undefined, key))).toEqual([{ key, text: ' it is cold ', change }]);
  });

  test('stay in their form where somebody else has changed them since, or where they may not be changed any more', () => {
    expect(leftWords(device('griet'))).toEqual([]);
    expect(leftWords(device('noor', 'not_allowed'))).toEqual([]);
  });
});
