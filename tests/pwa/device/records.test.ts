import { describe, expect, test } from 'vitest';
import { WorkingSet } from '../../../pwa/src/device/records.ts';
import { fromMs } from '../../../pwa/src/sync/stamp.ts';
import { EVENT, held, issue, MINE, NOW, page, stored, Tablet } from './bench.ts';

const from = (a: string, n: number, ms: number, set: Record<string, string | boolean>) => ({ a, n, e: fromMs(ms), set });

async function working(): Promise<{ tablet: Tablet; records: WorkingSet }> {
  const tablet = await Tablet.open();
  return { tablet, records: new WorkingSet(tablet.core) };
}

describe('the working set', () => {
  test('finds records by id, by kind, and by who names them', async () => {
    const { tablet, records } = await working();
    await tablet.writes(issue({ visit: 'visit-1', theme: 'ENE' }));
    await tablet.writes(issue({ visit: 'visit-2' }, 'issue-2'));

    expect(records.all('issue').map((one) => one.id)).toEqual(['issue-1', 'issue-2']);
    expect(records.naming('visit-1').map((one) => one.id)).toEqual(['issue-1']);
    expect([records.get('issue-1')?.view.theme, records.get('nothing'), records.all('nothing')]).toEqual(['ENE', undefined, []]);

    await tablet.writes(issue({ visit: 'visit-2' }));
    expect([records.naming('visit-1'), records.naming('visit-2').length]).toEqual([[], 2]);
  });

  test('a deleted record is in no list, and can still be found to be brought back', async () => {
    const { tablet, records } = await working();
    await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.writes(issue({ deleted: true }));
    expect([records.all('issue').length, records.get('issue-1')?.view.deleted]).toEqual([0, true]);

    await tablet.writes(issue({ deleted: false }));
    expect(records.all('issue').length).toBe(1);
  });

  test('says when and by whom a value was set, as the server corrected it', async () => {
    const { tablet, records } = await working();
    const wire = held('issue-1', [
      from('otherAuthor', 1, NOW - 5000, { theme: 'ENE' }),
      from('otherAuthor', 2, NOW - 1000, { own_words: 'cold' }),
    ]);
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [wire]) } });

    const shown = records.get('issue-1');
    expect([shown?.at('theme'), shown?.at('own_words'), shown?.at('card'), shown?.by('theme'), shown?.by('card')]).toEqual([
      NOW - 5000,
      NOW - 1000,
      0,
      'm9',
      '',
    ]);
    expect([shown?.made, shown?.changed]).toEqual([NOW - 5000, NOW - 1000]);
  });

  test('says what has not left this tablet, and stops saying so when it was answered', async () => {
    const { tablet, records } = await working();
    const edit = await tablet.writes(issue({ theme: 'ENE' }));
    expect(records.get('issue-1')?.waiting).toBe(true);

    await tablet.syncs({ streams: { [MINE]: page(0, 1, [stored(edit)]) } });
    expect(records.get('issue-1')?.waiting).toBe(false);
  });

  test('shows every version of a conflict, and none where versions agree', async () => {
    const { tablet, records } = await working();
    const wire = held('issue-1', [
      from('otherAuthor', 1, NOW - 5000, { theme: 'ENE', own_words: 'cold' }),
      from('thirdAuthor', 1, NOW - 1000, { theme: 'HOU', own_words: 'cold' }),
    ]);
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [wire]) } });

    const { conflicts, view } = records.get('issue-1') ?? {};
    expect([view?.theme, [...(conflicts?.keys() ?? [])], conflicts?.get('theme')?.map((v) => v.value)]).toEqual([
      'HOU',
      ['theme'],
      ['ENE', 'HOU'],
    ]);
  });

  test('a list stays the same list until something of its kind changes', async () => {
    const { tablet, records } = await working();
    await tablet.writes(issue({ theme: 'ENE' }));
    const issues = records.all('issue');
    await tablet.writes({ kind: 'remark', id: 'remark-1', event: EVENT, set: { about: 'issue-1' } });

    expect(records.all('issue')).toBe(issues);
    await tablet.writes(issue({ theme: 'HOU' }));
    expect(records.all('issue')).not.toBe(issues);
  });

  test('keeps what it does not know, and shows nothing of it', async () => {
    const { tablet, records } = await working();
    await tablet.syncs({
      streams: { [MINE]: page(0, 1, [{ ...held('thing-1', [from('otherAuthor', 1, NOW, { colour: 'red' })]), kind: 'thing' }]) },
    });

    expect([records.all('issue'), records.get('thing-1')?.kind]).toEqual([[], 'thing']);
  });

  test('an erased record is gone from every list', async () => {
    const { tablet, records } = await working();
    await tablet.writes(issue({ visit: 'visit-1' }));
    await tablet.syncs({ acks: [['erased']] });

    expect([records.all('issue'), records.get('issue-1'), records.naming('visit-1')]).toEqual([[], undefined, []]);
  });
});
