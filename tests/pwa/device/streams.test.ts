import { describe, expect, test } from 'vitest';
import type { WireRecord } from '../../../pwa/src/sync/wire.ts';
import { DAY, DESK, digestOf, EVENT, held, issue, MINE, NOW, page, Tablet } from './bench.ts';

const one = held('issue-1', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }]);
const two = held('issue-2', [{ a: 'otherAuthor', n: 2, set: { theme: 'HOU' } }]);

describe('through which streams a record is here', () => {
  test('the first stream that lets go does not take it away, the last does', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [DESK]: page(0, 1, [one]), [MINE]: page(0, 1, [one]) } });

    await tablet.syncs({ streams: { [DESK]: page(1, 2, [], { gone: [['issue-1', 'moved']] }) } });
    expect(tablet.shows()).toEqual({ theme: 'ENE' });
    await tablet.syncs({ streams: { [MINE]: page(1, 2, [], { gone: [['issue-1', 'moved']] }) } });
    expect(tablet.shows()).toBeUndefined();
  });

  test('a closed stream lets go of all its records, and its cursor is forgotten', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [DESK]: page(0, 5, [one, two]), [MINE]: page(0, 3, [two]) } });

    await tablet.syncs({ closed: [DESK] });

    expect([tablet.shows('issue-1'), tablet.shows('issue-2')]).toEqual([undefined, { theme: 'HOU' }]);
    expect((await tablet.calls()).request.cursors).toEqual({ [MINE]: 3 });
  });

  test('a record that moves from one stream to another in one reply stays', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [DESK]: page(0, 1, [one]), [MINE]: page(0, 0) } });

    await tablet.syncs({ streams: { [DESK]: page(1, 2, [], { gone: [['issue-1', 'moved']] }), [MINE]: page(0, 1, [one]) } });

    expect(tablet.shows()).toEqual({ theme: 'ENE' });
  });

  test('nothing is dropped before a reply is complete', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [DESK]: page(0, 1, [one]) } });

    await tablet.syncs({ streams: { [DESK]: page(1, 2, [], { gone: [['issue-1', 'moved']] }), [MINE]: page(0, 1, [], { more: true }) } });
    expect(tablet.shows()).toEqual({ theme: 'ENE' });
    await tablet.syncs();
    expect(tablet.shows()).toBeUndefined();
  });

  test('what waits on a dropped record is sent, not shown; and shown when the record comes back', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [DESK]: page(0, 1, [one]) } });
    const call = await tablet.calls();
    await tablet.writes(issue({ own_words: 'cold' }));
    await tablet.hears(call, { closed: [DESK] });
    await tablet.restarts();

    expect([tablet.shows(), (await tablet.calls()).sent.length]).toEqual([undefined, 1]);

    const again = await tablet.calls();
    await tablet.hears(again, { acks: [], streams: { [MINE]: page(0, 1, [one]) } });
    expect(tablet.shows()).toEqual({ theme: 'ENE', own_words: 'cold' });
  });

  test('a pulled record replaces the old one; what waits is folded over it again', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [one]) } });
    const call = await tablet.calls();
    await tablet.writes(issue({ own_words: 'mine' }));

    await tablet.hears(call, { streams: { [MINE]: page(1, 2, [held('issue-1', [{ a: 'otherAuthor', n: 5, set: { theme: 'DIG' } }])]) } });

    expect(tablet.shows()).toEqual({ theme: 'DIG', own_words: 'mine' });
  });
});

describe('reading from 0 again', () => {
  test('when it is complete, what older rounds brought and this one did not goes', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [MINE]: page(0, 2, [one, two]) } });

    await tablet.syncs({ streams: { [MINE]: page(0, 1, [one], { more: true }) } });
    expect(tablet.shows('issue-2')).toEqual({ theme: 'HOU' });
    await tablet.syncs({ streams: { [MINE]: page(1, 9) } });

    expect([tablet.shows('issue-1'), tablet.shows('issue-2')]).toEqual([{ theme: 'ENE' }, undefined]);
  });

  test('a reading that is interrupted and begun anew keeps what the new one brings', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [one], { more: true }) } });
    await tablet.syncs({ epoch: 'epoch-2', streams: { [MINE]: page(0, 1, [two], { more: true }) } });
    await tablet.syncs({ epoch: 'epoch-2', streams: { [MINE]: page(1, 2, [one]) } });

    expect([tablet.shows('issue-1'), tablet.shows('issue-2')]).toEqual([{ theme: 'ENE' }, { theme: 'HOU' }]);
  });
});

describe('erased records', () => {
  test('`gone: erased` in any stream takes a record away at once, wherever else it is', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [DESK]: page(0, 1, [one]), [MINE]: page(0, 1, [one]) } });
    const call = await tablet.calls();
    await tablet.writes(issue({ own_words: 'secret' }));

    await tablet.hears(call, { streams: { org: page(0, 1, [], { gone: [['issue-1', 'erased']], more: true }) } });

    expect([tablet.shows(), tablet.outbox]).toEqual([undefined, []]);
  });

  test('an issue that stays at the desk without its person stays; what was written about it goes', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [DESK]: page(0, 1, [one]) } });
    const call = await tablet.calls();
    await tablet.writes(issue({ own_words: 'secret' }));
    const frozen: WireRecord = { ...one, author: '', erased: true };

    await tablet.hears(call, { streams: { org: page(0, 1, [], { gone: [['issue-1', 'erased']] }), [DESK]: page(1, 2, [frozen]) } });

    expect([tablet.shows(), tablet.outbox, tablet.core.shown('issue-1')?.author]).toEqual([{ theme: 'ENE' }, [], '']);
  });
});

describe('digests', () => {
  const right = { [MINE]: page(0, 2, [one, two], { digest: digestOf([one, two]) }) };
  const wrong = (from: number): Record<string, ReturnType<typeof page>> => ({ [MINE]: page(from, 2, [], { digest: 'a1b2c3d4e5f60718' }) });

  test('are compared over the records of the server, never over what waits here', async () => {
    const tablet = await Tablet.open();
    const call = await tablet.calls();
    await tablet.writes(issue({ theme: 'DIG' }));

    expect(await tablet.hears(call, { streams: right })).toMatchObject({ differing: [] });
  });

  test('a difference makes the device read the stream from 0, offer its kept edits again, and ask at once', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: right });
    await tablet.writes(issue({ own_words: 'cold' }));
    await tablet.syncs();
    expect(tablet.kept).toEqual(['cold ok']);

    const outcome = await tablet.syncs({ streams: wrong(2) });

    expect(outcome).toMatchObject({ again: true, differing: [] });
    expect([tablet.outbox, (await tablet.calls()).request.cursors]).toEqual([['cold'], { [MINE]: 0 }]);
    expect(await tablet.syncs({ streams: right })).toMatchObject({ again: false, differing: [] });
  });

  test('a second time in a day it only reports which records are in doubt, until they agree', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: right });
    await tablet.syncs({ streams: wrong(2) });

    tablet.now = NOW + DAY - 1;
    expect(await tablet.syncs({ streams: wrong(0) })).toMatchObject({ again: false, differing: [MINE] });
    expect((await tablet.calls()).request.cursors).toEqual({ [MINE]: 2 });
    await tablet.syncs({ streams: right });
    await tablet.syncs({ streams: wrong(2) });
    expect((await tablet.calls()).request.differ).toEqual(['issue-1', 'issue-2']);
    await tablet.syncs({ streams: right });
    expect((await tablet.calls()).request.differ).toEqual([]);

    tablet.now = NOW + DAY;
    expect(await tablet.syncs({ streams: wrong(2) })).toMatchObject({ again: true, differing: [] });
  });

  test('are compared only when the reply is complete', async () => {
    const tablet = await Tablet.open();

    const outcome = await tablet.syncs({ streams: { ...wrong(0), [DESK]: page(0, 1, [one], { more: true }) } });

    expect(outcome).toMatchObject({ complete: false, differing: [] });
    expect((await tablet.calls()).request.cursors).toEqual({ [MINE]: 2, [DESK]: 1 });
  });
});

describe('a server with more kinds and fields than this app', () => {
  test('unknown ones are kept, and syncing goes on', async () => {
    const tablet = await Tablet.open();
    const strange: WireRecord = {
      ...held('thing-1', [{ a: 'otherAuthor', n: 1, set: { colour: 'red', constructor: 'x', ['__proto__']: 'y' } }]),
      kind: 'thing',
    };
    const newer = JSON.parse(JSON.stringify({ ...one, live: [...one.live, { ...one.live[0], n: 3, set: { mood: 'calm' } }] }));
    await tablet.syncs({ streams: { [MINE]: page(0, 2, [strange, newer], { digest: digestOf([strange, newer]) }) } });
    await tablet.restarts();

    expect(tablet.shows('thing-1')).toMatchObject({ colour: 'red' });
    expect(tablet.shows('issue-1')).toEqual({ theme: 'ENE', mood: 'calm' });
    expect(await tablet.syncs({ streams: { [MINE]: page(2, 2, [], { digest: digestOf([strange, newer]) }) } })).toMatchObject({
      differing: [],
    });
  });
});

test('a stream of another event is another stream', async () => {
  const tablet = await Tablet.open();
  await tablet.syncs({ streams: { [`event:${EVENT}`]: page(0, 4), org: page(0, 2) } });

  expect((await tablet.calls()).request.cursors).toEqual({ [`event:${EVENT}`]: 4, org: 2 });
});
