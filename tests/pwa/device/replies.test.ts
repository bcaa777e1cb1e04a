import { describe, expect, test } from 'vitest';
import type { Change } from '../../../pwa/src/device/types.ts';
import { DAY, held, issue, MINE, NOW, page, stored, Tablet } from './bench.ts';

describe('what an edit was answered', () => {
  test('ok and repeat: not sent again, shown until a complete reply is stored, then kept', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    const edit = await tablet.writes(issue({ own_words: 'cold' }));
    await tablet.syncs({ acks: [['ok'], ['repeat']], streams: { [MINE]: page(0, 3, [], { more: true }) } });

    expect([tablet.outbox, tablet.kept, tablet.core.waiting]).toEqual([['ENE ok', 'cold ok'], [], 0]);
    expect(tablet.shows()).toEqual({ theme: 'ENE', own_words: 'cold' });
    expect((await tablet.calls()).sent).toEqual([]);

    await tablet.syncs({ streams: { [MINE]: page(3, 4, [stored({ ...edit, set: { theme: 'ENE', own_words: 'cold' } })]) } });

    expect([tablet.outbox, tablet.kept]).toEqual([[], ['ENE ok', 'cold ok']]);
    expect(tablet.shows()).toEqual({ theme: 'ENE', own_words: 'cold' });
  });

  test('parked: kept with its answer, taken off the screen, and off the list when somebody dealt with it', async () => {
    const tablet = await Tablet.open();
    const edit = await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.syncs({ acks: [['parked', 'not_allowed']] });
    expect([tablet.outbox, tablet.kept, tablet.shows()]).toEqual([[], ['ENE parked not_allowed'], undefined]);

    const seq = [...tablet.core.state.kept.keys()][0] ?? 0;
    await tablet.core.dismiss(seq);
    await tablet.restarts();

    expect(tablet.kept).toEqual(['ENE parked not_allowed seen']);
    expect(tablet.core.state.kept.get(seq)?.edit.n).toBe(edit.n);
  });

  test('refused: stays on the tablet under what needs attention, is never sent again, and holds up nothing', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ own_words: 'bad' }, 'issue-1'));
    await tablet.writes(issue({ own_words: 'good' }, 'issue-2'));
    await tablet.syncs({ acks: [['refused', 'wrong_record'], ['ok']] });
    await tablet.restarts();

    expect([tablet.refused, tablet.outbox, tablet.core.waiting]).toEqual([['bad refused wrong_record'], [], 0]);
    expect((await tablet.calls()).sent).toEqual([]);
    await tablet.core.dismiss([...tablet.core.state.refused.keys()][0] ?? 0);
    expect(tablet.refused).toEqual([]);
  });

  test('erased: the record, its waiting, kept and refused edits are forgotten at once, though the reply is not complete', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.writes(issue({ theme: 'HOU' }));
    await tablet.writes(issue({ own_words: 'other' }, 'issue-2'));
    await tablet.syncs({ acks: [['refused', 'bad_value'], ['parked', 'not_possible'], ['ok']] });
    await tablet.writes(issue({ theme: 'DIG' }));
    await tablet.writes(issue({ own_words: 'secret' }));

    const outcome = await tablet.syncs({
      acks: [['erased'], ['ok']],
      streams: { [MINE]: page(0, 1, [held('issue-1', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }])], { more: true }) },
    });

    expect([tablet.shows(), tablet.outbox, tablet.kept, tablet.refused]).toEqual([undefined, [], ['other ok'], []]);
    expect(outcome).toMatchObject({ erased: new Set(['issue-1']) });
    await tablet.restarts();
    expect([tablet.shows(), tablet.outbox]).toEqual([undefined, []]);
  });

  test('clone: another copy of this device wrote under its author, so the page starts a new one', async () => {
    const tablet = await Tablet.open();
    const { a } = await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.syncs({ acks: [['parked', 'clone']] });

    const next = await tablet.writes(issue({ theme: 'HOU' }));

    expect([next.a === a, next.n]).toEqual([false, 1]);
    expect(tablet.kept).toEqual(['ENE parked clone']);
  });

  test('answered edits are kept for 30 days of the server', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.syncs();
    tablet.now = NOW + 400 * DAY; // a tablet's clock says nothing

    await tablet.syncs({ now: NOW + 30 * DAY });
    expect(tablet.kept).toEqual(['ENE ok']);
    await tablet.syncs({ now: NOW + 30 * DAY + 1 });
    expect(tablet.kept).toEqual([]);
  });
});

describe('late replies', () => {
  test('a reply to an older call is thrown away whole; its edits go again and get their first answer', async () => {
    const tablet = await Tablet.open();
    const edit = await tablet.writes(issue({ theme: 'ENE' }));
    const old = await tablet.calls();
    const newer = await tablet.calls();

    expect(await tablet.hears(old, { streams: { [MINE]: page(0, 1, [stored(edit)]) } })).toEqual({ kind: 'late' });
    expect([tablet.outbox, tablet.core.state.streams.size]).toEqual([['ENE'], 0]);

    await tablet.hears(newer, { acks: [['repeat']], streams: { [MINE]: page(0, 1, [stored(edit)]) } });
    expect([tablet.outbox, tablet.kept]).toEqual([[], ['ENE ok']]);
  });

  test('a reply that was stored is not stored again', async () => {
    const tablet = await Tablet.open();
    const call = await tablet.calls();
    await tablet.hears(call, { streams: { [MINE]: page(0, 1, [held('issue-1', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }])]) } });
    await tablet.calls();

    expect(await tablet.hears(call, {})).toEqual({ kind: 'late' });
    expect(tablet.shows()).toEqual({ theme: 'ENE' });
  });

  test('a reply to another call is no reply to this one', async () => {
    const tablet = await Tablet.open();
    const call = await tablet.calls();

    expect(await tablet.hears(call, { call: call.number + 1 })).toEqual({ kind: 'late' });
  });

  test('what is no reply is told, and changes nothing', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    for (const body of [null, 'hello', { protocol: 1 }, { acks: [['maybe']] }]) {
      await expect(tablet.core.receive(await tablet.calls(), body, NOW)).rejects.toMatchObject({ code: 'bad_reply' });
    }

    expect(tablet.outbox).toEqual(['ENE']);
  });

  test('an answer with more in it than is known counts as what is known of it', async () => {
    const tablet = await Tablet.open();
    for (const theme of ['ENE', 'HOU', 'DIG']) await tablet.writes(issue({ theme }, theme));
    await tablet.syncs({
      acks: [
        ['ok', 'bad_value'],
        ['repeat', 'x'],
        ['parked', 'not_allowed', 'x'],
      ],
      streams: {},
    });

    expect([tablet.outbox, tablet.kept.toSorted()]).toEqual([[], ['DIG parked not_allowed', 'ENE ok', 'HOU ok']]);
  });

  test('an edit that is kept while a call is on its way is not taken for one that was sent', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    const call = await tablet.calls();
    await tablet.writes(issue({ theme: 'HOU' }));
    await tablet.hears(call, {});

    expect([tablet.outbox, tablet.kept, tablet.shows()]).toEqual([['HOU'], ['ENE ok'], { theme: 'HOU' }]);
  });
});

describe('a restored server', () => {
  test('the write that stores the new epoch makes every kept edit wait again, parked ones too, before the others', async () => {
    const tablet = await Tablet.open();
    for (const theme of ['ENE', 'HOU', 'DIG']) await tablet.writes(issue({ theme }, `issue-${theme}`));
    await tablet.syncs({ acks: [['ok'], ['parked', 'not_possible'], ['refused', 'bad_value']], streams: { [MINE]: page(0, 7) } });
    await tablet.writes(issue({ theme: 'HEA' }, 'issue-HEA'));
    await tablet.syncs({ epoch: 'epoch-2', acks: [['ok']], streams: { [MINE]: page(0, 2, [], { more: true }) } });

    expect([tablet.outbox, tablet.kept, tablet.refused]).toEqual([['ENE', 'HOU', 'HEA ok'], [], ['DIG refused bad_value']]);
    await tablet.restarts();
    await tablet.writes(issue({ theme: 'MON' }, 'issue-MON'));
    const call = await tablet.calls();
    expect(call.sent.map((row) => row.edit.set.theme)).toEqual(['ENE', 'HOU', 'MON']);
    expect(call.request).toMatchObject({ epoch: 'epoch-2', cursors: { [MINE]: 2 } });
  });

  test('edits that were answered under the old epoch, and wait for a complete reply, wait again', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.syncs({ streams: { [MINE]: page(0, 3, [], { more: true }) } });
    expect(tablet.outbox).toEqual(['ENE ok']);

    await tablet.syncs({ epoch: 'epoch-2', streams: { [MINE]: page(0, 1, [], { more: true }) } });

    expect(tablet.outbox).toEqual(['ENE']);
  });

  test('what had left this device is offered again, and not shown again', async () => {
    const tablet = await Tablet.open();
    const edit = await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [stored(edit)]) } });
    await tablet.syncs({ closed: [MINE] });
    expect(tablet.shows()).toBeUndefined();

    await tablet.syncs({ epoch: 'epoch-2' });

    expect([tablet.outbox, tablet.shows()]).toEqual([['ENE'], undefined]);
  });

  test('a fresh device has nothing to offer', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.syncs();

    expect([tablet.outbox, tablet.kept]).toEqual([[], ['ENE ok']]);
  });
});

describe('a server that is an older copy and does not know: a whole machine that was put back', () => {
  const lost = async (): Promise<Tablet> => {
    const tablet = await Tablet.open();
    for (const theme of ['ENE', 'HOU']) await tablet.writes(issue({ theme }, `issue-${theme}`));
    await tablet.syncs({ acks: [['ok'], ['parked', 'not_possible']], streams: { [MINE]: page(0, 7) } });
    return tablet;
  };

  test('is offered every kept edit again by a tablet that had read further than it has come', async () => {
    const tablet = await lost();
    await tablet.writes(issue({ theme: 'HEA' }, 'issue-HEA'));

    await tablet.syncs({ acks: [['ok']], streams: { [MINE]: page(0, 2) } });

    expect([tablet.outbox, tablet.kept]).toEqual([['ENE', 'HOU'], ['HEA ok']]);
  });

  test('and what was answered before and waits for a complete reply too', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    await tablet.syncs({ streams: { [MINE]: page(0, 3, [], { more: true }) } });

    await tablet.syncs({ streams: { [MINE]: page(0, 1, [], { more: true }) } });

    expect(tablet.outbox).toEqual(['ENE']);
  });

  test('once: reading on from there offers nothing', async () => {
    const tablet = await lost();
    await tablet.syncs({ streams: { [MINE]: page(0, 2, [], { more: true }) } });
    await tablet.syncs({ acks: [['ok'], ['parked', 'not_possible']], streams: { [MINE]: page(2, 4) } });

    expect([tablet.outbox, tablet.kept]).toEqual([[], ['HOU parked not_possible', 'ENE ok']]);
  });
});

describe('contact data that its person takes back', () => {
  const NOTHING = { channel: null, value: null, call_me: null, safe_rules: null };
  const contact = (set: Record<string, string | null>): Change => ({ ...issue(set, 'contact-1'), kind: 'contact' });

  test('is not kept to be offered again; that it was taken back is', async () => {
    const tablet = await Tablet.open();
    const told = await tablet.writes(contact({ channel: 'phone', value: '0470' }));
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [stored(told)]) } });
    expect(tablet.kept).toEqual(['phone,0470 ok']);

    const back = await tablet.writes(contact(NOTHING));
    await tablet.syncs({ streams: { [MINE]: page(1, 2, [stored(back)]) } });
    await tablet.restarts();
    await tablet.syncs({ epoch: 'epoch-2' });

    expect([tablet.kept, tablet.outbox]).toEqual([[], [',,,']]);
  });

  test('is kept as long as a word of it is left', async () => {
    const tablet = await Tablet.open();
    const told = await tablet.writes(contact({ channel: 'phone', value: '0470' }));
    const part = await tablet.writes(contact({ ...NOTHING, call_me: 'Els' }));
    const both = { ...stored(told), live: [...stored(part).live] };
    await tablet.syncs({ streams: { [MINE]: page(0, 2, [both]) } });

    expect(tablet.kept).toEqual(['phone,0470 ok', ',,Els, ok']);
  });
});

describe('a revoked device', () => {
  test('is wiped when its outbox is empty, not before', async () => {
    const tablet = await Tablet.open();
    for (let i = 0; i < 501; i++) await tablet.writes(issue({ own_words: `${i}` }, `issue-${i}`));
    const parked = (count: number): string[][] => Array.from({ length: count }, () => ['parked', 'revoked']);

    const first = await tablet.syncs({ acks: parked(500), closed: ['org'], wipe: true });
    const second = await tablet.syncs({ acks: parked(1), wipe: true });

    expect([first, second]).toMatchObject([
      { wipe: false, again: true },
      { wipe: true, again: false },
    ]);
  });
});
