import { describe, expect, test, vi } from 'vitest';
import type { Change, Device, Shown } from '../../../pwa/src/device/types.ts';
import { mayHang } from '../../../pwa/src/domain/cards.ts';
import { keepsOn } from '../../../pwa/src/domain/keeping.ts';
import { leftWords, retheme, tellTheme } from '../../../pwa/src/features/talk/talk.ts';
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

describe('words left in their field', () => {
  const device = (by: string, may: string | undefined = undefined): Device =>
    ({
      me: { member: 'noor' },
      drafts: { under: () => [['own/i', ' it is cold ']] },
      records: { get: (id: string) => (id === 'i' ? { id, event: 'e', view: { own_words: 'it is' }, by: () => by } : undefined) },
      may: () => may,
    }) as unknown as Device;

  test('are kept as who wrote them meant, and are to be read back again', () => {
    const change = { kind: 'issue', id: 'i', event: 'e', set: { own_words: 'it is cold', wording_confirmed: false } };
    expect(leftWords(device('noor'))).toEqual([{ key: 'own/i', text: ' it is cold ', change }]);
  });

  test('stay in their form where somebody else has changed them since, or where they may not be changed any more', () => {
    expect(leftWords(device('griet'))).toEqual([]);
    expect(leftWords(device('noor', 'not_allowed'))).toEqual([]);
  });
});
