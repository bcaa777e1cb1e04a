import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { catchUp } from '../../../pwa/src/device/alone.ts';
import { plain } from '../../../pwa/src/device/codec.ts';
import { IndexedDisk } from '../../../pwa/src/device/db.ts';
import { endSent, signOff } from '../../../pwa/src/device/ending.ts';
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
  vi.unstubAllGlobals();
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

  test('the one that counts on sees what the other kept, though it was told of nothing', async () => {
    const [left, right] = await twoTabs();
    const disk = right.disk as IndexedDisk;
    await left.writes(issue({ theme: 'ENE' }));
    await catchUp(right.core, disk, 'issue-1');
    expect(right.shows()).toEqual({ theme: 'ENE' });

    const first = await left.writes(issue({ theme: 'HOU' }));
    await left.syncs({ streams: { [MINE]: page(0, 1, [stored({ ...first })]) } }); // sent, answered and received over there
    await catchUp(right.core, disk, 'issue-1');
    expect(right.shows()).toEqual({ theme: 'HOU' });
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

describe('the end of a device', () => {
  /** Signs out; `meanwhile` happens while the server ends the token. Resolves with what was thrown, and how often it was told to be still. */
  async function signsOut(tablet: Tablet, meanwhile: () => Promise<unknown>): Promise<[unknown, boolean[], number]> {
    const told: boolean[] = [];
    let calls = 0;
    vi.stubGlobal('fetch', async () => {
      calls += 1;
      await meanwhile();
      return new Response('{}');
    });
    const { core, disk } = tablet;
    const still = (isStill: boolean): number => told.push(isStill);
    const end = (): Promise<boolean> => endSent(core, disk as IndexedDisk);
    const thrown = await signOff({ core, sync: () => {}, still, token: () => 'token-1', end }).catch((error: unknown) => error);
    return [thrown, told, calls];
  }

  test('keeps what another tab wrote while the token was ended', async () => {
    const [left, right] = await twoTabs();

    const [thrown, told] = await signsOut(left, () => right.writes(issue({ theme: 'ENE' })));

    expect([thrown, told, left.core.waiting]).toMatchObject([{ code: 'waiting' }, [true, false], 1]);
    await right.writes(issue({ theme: 'HOU' })); // nothing was ended
  });

  test('does not end the token where another tab wrote something that this one has not heard of', async () => {
    const [left, right] = await twoTabs();
    await left.core.reload();
    await right.writes(issue({ theme: 'ENE' }));

    expect(await signsOut(left, async () => {})).toMatchObject([{ code: 'waiting' }, [true, false], 0]);
  });

  test('comes when all was sent; from then on no tab says that it kept something', async () => {
    const [left, right] = await twoTabs();
    await left.writes(issue({ theme: 'ENE' }));
    await left.syncs();

    expect(await signsOut(left, async () => {})).toEqual([undefined, [true], 1]);
    await expect(right.writes(issue({ theme: 'HOU' }))).rejects.toThrow();
    await left.core.reload();
    expect([left.outbox, left.kept]).toEqual([[], ['ENE ok']]);
  });

  test('that was stopped half-way is none: what was not deleted takes edits again', async () => {
    const [left, right] = await twoTabs();
    expect(await endSent(left.core, left.disk as IndexedDisk)).toBe(true);

    await (right.disk as IndexedDisk).begin();

    expect(await right.writes(issue({ theme: 'ENE' }))).toMatchObject({ n: 1 });
  });

  test('waits for an edit that another tab keeps at the very moment', async () => {
    const [left, right] = await twoTabs();
    const disk = left.disk as IndexedDisk;
    const end = disk.end.bind(disk);
    vi.spyOn(disk, 'end').mockImplementationOnce(async (seq) => {
      await right.writes(issue({ theme: 'ENE' }));
      return end(seq);
    });

    expect([await endSent(left.core, disk), left.core.waiting]).toEqual([false, 1]);
  });
});
