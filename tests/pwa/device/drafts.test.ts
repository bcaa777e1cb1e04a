import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import { plain } from '../../../pwa/src/device/codec.ts';
import { IndexedDisk } from '../../../pwa/src/device/db.ts';
import { KeptDrafts } from '../../../pwa/src/device/drafts.ts';
import { held, MINE, page, Tablet } from './bench.ts';
import { database } from './databases.ts';

describe('half-written text', () => {
  test('comes back exactly as it was after the tablet was killed, in its own form only', async () => {
    const db = database();
    const drafts = await KeptDrafts.open(db, plain);
    drafts.set('talk/1/own_words', 'it is co');
    drafts.set('talk/1/own_words', 'it is cold \n and ');
    drafts.set('talk/2/own_words', '');
    drafts.drop('talk/3/own_words');
    await drafts.flush();

    const again = await KeptDrafts.open(db, plain);

    expect(['talk/1/own_words', 'talk/2/own_words', 'talk/3/own_words'].map((key) => again.get(key))).toEqual([
      'it is cold \n and ',
      '',
      undefined,
    ]);
    expect([drafts.any, again.any]).toEqual([true, false]); // nobody is asked to wait for a form of yesterday
  });

  test('is gone when it was kept as an edit or thrown away', async () => {
    const db = database();
    const drafts = await KeptDrafts.open(db, plain);
    const told: boolean[] = [];
    drafts.onany = () => told.push(drafts.any);
    drafts.set('talk/1', 'x');
    drafts.set('talk/1', 'xy');
    drafts.drop('talk/1');
    await drafts.flush();

    expect([(await KeptDrafts.open(db, plain)).get('talk/1'), told]).toEqual([undefined, [true, false]]);
  });

  test('that was kept goes; what was typed meanwhile stays', async () => {
    const drafts = await KeptDrafts.open(database(), plain);
    for (const key of ['talk/1', 'talk/2']) drafts.set(key, 'it is cold');
    drafts.set('talk/2', 'it is cold and wet');
    for (const key of ['talk/1', 'talk/2']) drafts.dropKept(key, 'it is cold');

    expect(['talk/1', 'talk/2'].map((key) => drafts.get(key))).toEqual([undefined, 'it is cold and wet']);
  });

  test('that finds no room is kept in memory and written with the next', async () => {
    const db = database();
    const drafts = await KeptDrafts.open(db, plain);
    const full = (): never => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    db.drafts.hook('creating').subscribe(full);
    const complained = vi.spyOn(console, 'error').mockImplementation(() => {});
    drafts.set('talk/1', 'x');
    await drafts.flush();
    db.drafts.hook('creating').unsubscribe(full);
    expect(complained).toHaveBeenCalledOnce();
    complained.mockRestore();
    expect(drafts.get('talk/1')).toBe('x');
    await drafts.flush();

    expect((await KeptDrafts.open(db, plain)).get('talk/1')).toBe('x');
  });

  test('that finds no room is kept at the cost of what the server has too', async () => {
    const db = database();
    const tablet = await Tablet.open({}, new IndexedDisk(db, plain));
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [held('issue-1', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }])]) } });
    const drafts = await KeptDrafts.open(db, plain);
    drafts.onfull = () => tablet.core.makeRoom();
    const full = (): never => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    db.drafts.hook('creating').subscribe(full);
    db.records.hook('deleting').subscribe(() => void db.drafts.hook('creating').unsubscribe(full));
    drafts.set('talk/1', 'x');
    await drafts.flush();

    expect((await KeptDrafts.open(db, plain)).get('talk/1')).toBe('x');
    expect([tablet.core.isFull, tablet.shows(), await db.records.count()]).toEqual([true, { theme: 'ENE' }, 0]);
  });

  test('about an erased record is erased with it', async () => {
    const db = database();
    const drafts = await KeptDrafts.open(db, plain);
    drafts.set('issue/issue-1/own_words', 'secret');
    drafts.set('issue/issue-2/own_words', 'other');
    drafts.dropAbout(new Set(['issue-1']));
    await drafts.flush();

    expect((await db.drafts.toArray()).map((row) => row.name)).toEqual(['issue/issue-2/own_words']);
  });
});
