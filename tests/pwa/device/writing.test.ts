import { describe, expect, test } from 'vitest';
import { fromMs, msOf } from '../../../pwa/src/sync/stamp.ts';
import { DAY, DESK, held, issue, MINE, NOW, page, stored, Tablet } from './bench.ts';

describe('writing on a tablet without a network', () => {
  test('a change is shown at once and waits', async () => {
    const tablet = await Tablet.open();

    await tablet.writes(issue({ theme: 'ENE' }));

    expect([tablet.shows(), tablet.core.waiting, tablet.core.isWaiting('issue-1')]).toEqual([{ theme: 'ENE' }, 1, true]);
  });

  test('what was kept is there after a restart, under a new author who counts from 1', async () => {
    const tablet = await Tablet.open();
    const first = await tablet.writes(issue({ theme: 'ENE' }));

    await tablet.restarts();
    const second = await tablet.writes(issue({ own_words: 'cold' }));

    expect(tablet.shows()).toEqual({ theme: 'ENE', own_words: 'cold' });
    expect([first.n, second.n]).toEqual([1, 1]);
    expect(second.a).not.toBe(first.a);
  });

  test('keeps and shows nothing of an edit if the tablet stops half-way, and never uses its number again', async () => {
    const tablet = await Tablet.open();
    const append = tablet.disk.append.bind(tablet.disk);
    tablet.disk.append = () => Promise.reject(new Error('battery'));
    await expect(tablet.writes(issue({ theme: 'ENE' }))).rejects.toThrow('battery');
    tablet.disk.append = append;

    expect([tablet.shows(), tablet.core.waiting]).toEqual([undefined, 0]);
    expect((await tablet.writes(issue({ theme: 'HOU' }))).n).toBe(2);
  });

  test('edits that are kept at the same time have their own numbers, and each has seen the one before', async () => {
    const tablet = await Tablet.open();

    const [one, two] = await Promise.all([tablet.writes(issue({ theme: 'ENE' })), tablet.writes(issue({ theme: 'HOU' }))]);

    expect([one.n, two.n]).toEqual([1, 2]);
    expect({ ...two.over }).toEqual({ theme: [`${one.a}:1`] });
    expect(two.h > one.h).toBe(true);
  });

  test('an edit that is kept while everything is read again from the disk stays in sight', async () => {
    const tablet = await Tablet.open();

    await Promise.all([tablet.core.reload(), tablet.writes(issue({ theme: 'ENE' })), tablet.core.reload()]);

    expect([tablet.shows(), tablet.core.waiting]).toEqual([{ theme: 'ENE' }, 1]);
  });

  test('half characters, U+0000 and decomposed letters that were pasted do not cost the words around them', async () => {
    const tablet = await Tablet.open();

    await tablet.writes(issue({ own_words: 'caf\u0065\u0301 \ud800 \0!' }));

    expect(tablet.shows()).toEqual({ own_words: 'caf\u00e9 \ufffd !' });
  });

  test('a change that no server would take is told at once, and keeps no number', async () => {
    const tablet = await Tablet.open();

    await expect(tablet.writes(issue({ theme: 'nonsense' }))).rejects.toMatchObject({ code: 'bad_value' });
    await expect(tablet.writes(issue({ own_words: 'x'.repeat(2001) }))).rejects.toMatchObject({ code: 'too_long' });

    expect([tablet.core.waiting, (await tablet.writes(issue({ theme: 'ENE' }))).n]).toEqual([0, 1]);
  });
});

describe('what an edit says it has seen', () => {
  const conflicting = held('issue-1', [
    { a: 'otherAuthor', n: 4, e: fromMs(NOW - 2000), set: { theme: 'ENE' } },
    { a: 'thirdAuthor', n: 9, e: fromMs(NOW - 1000), set: { theme: 'HOU' } },
  ]);

  test('in a form it is the version that is shown', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [conflicting]) } });

    const edit = await tablet.writes(issue({ theme: 'DIG' }));

    expect({ ...edit.over }).toEqual({ theme: ['thirdAuthor:9'] });
  });

  test("in the desk's conflict view it is all versions, and the conflict is settled", async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [conflicting]) } });

    const edit = await tablet.writes(issue({ theme: 'DIG' }, 'issue-1', 'all'));

    expect({ ...edit.over }).toEqual({ theme: ['otherAuthor:4', 'thirdAuthor:9'] });
    expect(tablet.core.shown('issue-1')?.live.get('theme')).toHaveLength(1);
  });

  test('it names what its own waiting edits had seen, so that a refused one in between does not keep the old value alive', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [held('issue-1', [{ a: 'otherAuthor', n: 4, set: { theme: 'ENE' } }])]) } });
    const before = await tablet.writes(issue({ theme: 'HOU' }));

    await tablet.restarts();
    const edit = await tablet.writes(issue({ theme: 'DIG' }));

    expect({ ...edit.over }).toEqual({ theme: [`${before.a}:1`, 'otherAuthor:4'] });
  });

  test('of more authors than an edit may name, the one on the screen is named first', async () => {
    const tablet = await Tablet.open();
    for (let i = 0; i < 70; i++) {
      await tablet.restarts();
      await tablet.writes(issue({ own_words: `start ${i}` }));
    }
    const shown = tablet.core.shown('issue-1')?.live.get('own_words')?.[0];

    const edit = await tablet.writes(issue({ own_words: 'last' }));

    expect(edit.over.own_words).toHaveLength(64);
    expect(edit.over.own_words).toContain(`${shown?.a}:${shown?.n}`);
  });
});

describe('a tablet with a wrong clock', () => {
  test('in 1970 it keeps edits, says that it is uncalibrated, and they stay in order', async () => {
    const tablet = await Tablet.open();
    tablet.now = 0;
    const one = await tablet.writes(issue({ theme: 'ENE' }));
    tablet.now = -5;
    const two = await tablet.writes(issue({ theme: 'HOU' }));

    expect([one.u, two.u, two.h > one.h, tablet.shows()]).toEqual([1, 1, true, { theme: 'HOU' }]);
  });

  test('whoever changes what is on the screen comes after it, wherever that was stamped', async () => {
    const tablet = await Tablet.open();
    const future = fromMs(NOW + 900 * DAY);
    await tablet.syncs({
      streams: { [MINE]: page(0, 1, [held('issue-1', [{ a: 'otherAuthor', n: 4, e: future, set: { theme: 'ENE' } }])]) },
    });

    const edit = await tablet.writes(issue({ own_words: 'cold' }));
    const other = await tablet.writes(issue({ own_words: 'warm' }, 'issue-2'));

    expect(edit.h > future).toBe(true);
    expect(Math.abs(msOf(other.h) - NOW)).toBeLessThan(1000); // one record of 2029 does not carry all others there
  });

  test('three days ahead, it stamps with the time of the server from the first quick reply on, and its stamps step back', async () => {
    const tablet = await Tablet.open();
    tablet.now = NOW + 3 * DAY;
    await tablet.writes(issue({ theme: 'ENE' }));
    const call = await tablet.calls();
    await tablet.core.receive(call, { ...tablet.reply(call, {}), now: NOW }, tablet.now + 200);

    const edit = await tablet.writes(issue({ theme: 'HOU' }, 'issue-2'));

    expect(tablet.core.offsetMs).toBe(-3 * DAY - 100); // half the way was on the road
    expect([edit.u, Math.abs(msOf(edit.h) - NOW) < 1000]).toEqual([0, true]);
  });

  test('a reply that was long on its way tells nothing about the clock', async () => {
    const tablet = await Tablet.open();
    const call = await tablet.calls();
    await tablet.core.receive(call, { ...tablet.reply(call, {}), now: NOW - DAY }, tablet.now + 60_000);

    expect([tablet.core.offsetMs, (await tablet.writes(issue({ theme: 'ENE' }))).u]).toEqual([null, 1]);
  });

  test('every start is uncalibrated again', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs();
    await tablet.restarts();

    expect((await tablet.writes(issue({ theme: 'ENE' }))).u).toBe(1);
  });

  test('the request tells the raw clock, which is what the server corrects by', async () => {
    const tablet = await Tablet.open();
    tablet.now = NOW + 3 * DAY;
    const call = await tablet.calls();
    await tablet.core.receive(call, { ...tablet.reply(call, {}), now: NOW }, tablet.now);

    expect((await tablet.calls()).request.now).toBe(NOW + 3 * DAY);
  });
});

describe('what a call carries', () => {
  test('the oldest edits first, at most 500', async () => {
    const tablet = await Tablet.open();
    for (let i = 0; i < 501; i++) await tablet.writes(issue({ own_words: `${i}` }, `issue-${i}`));

    const call = await tablet.calls();

    expect(call.sent.map((row) => row.edit.set.own_words)).toEqual(Array.from({ length: 500 }, (_, i) => `${i}`));
    expect([call.request.waiting, call.request.edits?.length]).toEqual([501, 500]);
  });

  test('at most 512 KiB, and always at least one', async () => {
    const tablet = await Tablet.open();
    for (let i = 0; i < 300; i++) await tablet.writes(issue({ own_words: 'ሰ'.repeat(2000) }, `issue-${i}`));

    const { request } = await tablet.calls();

    expect(new TextEncoder().encode(JSON.stringify(request.edits)).length).toBeLessThan(2 * 512 * 1024); // the rest: halved
    expect(request.edits?.length).toBeGreaterThan(50);
  });

  test('each call takes the next number from the disk', async () => {
    const tablet = await Tablet.open();
    const numbers = [(await tablet.calls()).number, (await tablet.calls()).number];
    await tablet.restarts();

    expect([...numbers, (await tablet.calls()).number]).toEqual([1, 2, 3]);
  });

  test('a body that is too large is halved until it goes; a single edit that still fails needs attention, and the rest goes on', async () => {
    const tablet = await Tablet.open();
    for (const words of ['one', 'poison', 'three', 'four']) await tablet.writes(issue({ own_words: words }, words));
    const sizes: number[] = [];
    for (let i = 0; i < 20 && tablet.core.waiting > 0; i++) {
      const call = await tablet.calls();
      sizes.push(call.sent.length);
      if (call.sent.some((row) => row.edit.id === 'poison')) await tablet.core.tooLarge(call);
      else await tablet.hears(call, {});
    }

    expect(sizes).toEqual([4, 2, 1, 3, 1, 2]);
    expect([tablet.refused, tablet.outbox]).toEqual([['poison refused bad_value'], []]);
    expect(tablet.kept).toEqual(['one ok', 'three ok', 'four ok']);
  });

  test('an edit that is empty in parts travels without them', async () => {
    const tablet = await Tablet.open();
    const edit = await tablet.writes(issue({ theme: 'ENE' }));

    const { a, n, h, kind, id, event } = edit;
    expect((await tablet.calls()).request.edits).toEqual([{ a, n, h, kind, id, event, set: { theme: 'ENE' }, u: 1 }]);
  });
});

test('who only looks at a field of a record does not write it: an edit names nothing it does not set', async () => {
  const tablet = await Tablet.open();
  const first = await tablet.writes(issue({ theme: 'ENE', own_words: 'cold' }));
  await tablet.syncs({ streams: { [DESK]: page(0, 1, [stored(first)]) } });

  expect(Object.keys((await tablet.writes(issue({ theme: 'HOU' }))).over)).toEqual(['theme']);
});
