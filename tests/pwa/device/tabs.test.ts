import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test } from 'vitest';
import { plain } from '../../../pwa/src/device/codec.ts';
import { IndexedDisk } from '../../../pwa/src/device/db.ts';
import { Database } from '../../../pwa/src/device/schema.ts';
import { DESK, held, issue, MINE, page, stored, Tablet } from './bench.ts';

const open: Database[] = [];

/** Two tabs of one browser: two memories, two authors, one database. */
async function twoTabs(): Promise<[Tablet, Tablet]> {
  const name = `tabs-${open.length}`;
  const tabs = await Promise.all([0, 1].map(() => Tablet.open({}, new IndexedDisk(opened(name), plain))));
  return tabs as [Tablet, Tablet];
}

function opened(name: string): Database {
  const db = new Database(name);
  open.push(db);
  return db;
}

afterEach(() => {
  for (const db of open) db.close();
});

const one = held('issue-1', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }]);

describe('two tabs on one tablet', () => {
  test('each writes under its own author; edits keep one order', async () => {
    const [left, right] = await twoTabs();
    const edits = [
      await left.writes(issue({ theme: 'ENE' })),
      await right.writes(issue({ own_words: 'cold' })),
      await left.writes(issue({ theme: 'HOU' })),
    ];

    expect(edits.map(({ n }) => n)).toEqual([1, 1, 2]);
    expect(new Set(edits.map(({ a }) => a)).size).toBe(2);
    await left.core.reloadSome([]);
    expect(left.outbox).toEqual(['ENE', 'cold', 'HOU']);
  });

  test('what one writes the other shows, has seen, and sends once', async () => {
    const [left, right] = await twoTabs();
    const first = await left.writes(issue({ theme: 'ENE' }));
    await right.core.reloadSome([]);

    expect([right.shows(), right.core.isWaiting('issue-1')]).toEqual([{ theme: 'ENE' }, true]);
    const second = await right.writes(issue({ theme: 'HOU' }));
    expect({ ...second.over }).toEqual({ theme: [`${first.a}:1`] });
    await right.syncs({ streams: { [MINE]: page(0, 1, [stored({ ...second })]) } });
    await left.core.reloadSome(['issue-1']);
    expect([left.shows(), left.core.waiting, (await left.calls()).sent]).toEqual([{ theme: 'HOU' }, 0, []]);
  });

  test('what is erased is forgotten, though the other tab wrote about it a moment ago', async () => {
    const [left, right] = await twoTabs();
    const call = await left.calls();
    await right.writes(issue({ own_words: 'cold' })); // the left one has not heard of it

    await left.hears(call, { streams: { org: page(0, 1, [], { gone: [['issue-1', 'erased']] }) } });

    await right.core.reload();
    expect([left.outbox, right.outbox]).toEqual([[], []]);
  });

  test('a revoked one is not wiped while what the other wrote waits', async () => {
    const [left, right] = await twoTabs();
    const call = await left.calls();
    await right.writes(issue({ theme: 'ENE' })); // the left one has not heard of it

    expect(await left.hears(call, { wipe: true })).toMatchObject({ wipe: false, again: true });
    expect(left.outbox).toEqual(['ENE']);
  });

  test('the one that begins to carry knows what the other received before', async () => {
    const [left, right] = await twoTabs();
    await left.syncs({ streams: { [MINE]: page(0, 1, [one]), [DESK]: page(0, 1, [one]) } });

    // The right one was told nothing. It must not take the record out of a stream that it does not know of.
    const call = await right.calls();
    expect(call.request.cursors).toEqual({ [MINE]: 1, [DESK]: 1 });
    await right.hears(call, { streams: { [MINE]: page(1, 2, [], { gone: [['issue-1', 'moved']] }) } });

    expect(right.shows()).toEqual({ theme: 'ENE' });
  });

  test('only the newest call counts, whoever made it', async () => {
    const [left, right] = await twoTabs();
    await left.writes(issue({ theme: 'ENE' }));
    const old = await left.calls();
    await right.core.reloadSome([]);
    const newer = await right.calls();

    expect(await left.hears(old, { streams: { [MINE]: page(0, 1, [one]) } })).toEqual({ kind: 'late' });
    expect(await right.hears(newer, { acks: [['repeat']] })).toMatchObject({ kind: 'stored' });
    await left.core.reload();
    expect([left.outbox, left.kept]).toEqual([[], ['ENE ok']]);
  });

  test('a record that was dropped in one is dropped in the other', async () => {
    const [left, right] = await twoTabs();
    await left.syncs({ streams: { [MINE]: page(0, 1, [one]) } });
    await right.core.reload();
    expect(right.shows()).toEqual({ theme: 'ENE' });

    const outcome = await left.syncs({ closed: [MINE] });
    await right.core.reloadSome(outcome.kind === 'stored' ? outcome.changed : []);

    expect(right.shows()).toBeUndefined();
  });
});
