import { describe, expect, test, vi } from 'vitest';
import type { Change, Device } from '../../../pwa/src/device/types.ts';
import { keepsOn } from '../../../pwa/src/domain/keeping.ts';
import { leftWords } from '../../../pwa/src/features/talk/talk.ts';

describe('what is kept', () => {
  test('one after another: what is made when its turn comes sees what was kept before', async () => {
    const kept: Change[] = [];
    const write = async (change: Change): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      kept.push(change);
    };
    const keepNext = keepsOn(
      () => ({ write }),
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
    const keepNext = keepsOn(() => ({ write }), failed);
    const change = { kind: 'issue', id: 'x', event: '', set: {} };

    expect(await Promise.all([keepNext(() => [change]), keepNext(() => [change])])).toEqual([false, true]);
    expect(failed).toHaveBeenCalledOnce();
    complained.mockRestore();
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
