/** The negative control of the rules: with each switched off, the story it is for goes wrong. */
import { describe, expect, test } from 'vitest';
import type { Rules } from '../../../pwa/src/device/rules.ts';
import { fromMs } from '../../../pwa/src/sync/stamp.ts';
import { DAY, DESK, held, issue, MINE, NOW, page, stored, Tablet } from './bench.ts';

const one = held('issue-1', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }]);
const two = held('issue-2', [{ a: 'otherAuthor', n: 2, set: { theme: 'HOU' } }]);

/** Rule → a story, and what comes of it. */
const STORIES: Readonly<Record<Exclude<keyof Rules, 'freshAuthor'>, (tablet: Tablet) => Promise<unknown>>> = {
  async lateReplies(tablet) {
    const old = await tablet.calls();
    await tablet.syncs({ streams: { [MINE]: page(0, 3, [held('issue-1', [{ a: 'otherAuthor', n: 3, set: { theme: 'HOU' } }])]) } });
    await tablet.hears(old, { streams: { [MINE]: page(0, 1, [one], { more: true }) } });
    return tablet.shows();
  },
  async offerAgain(tablet) {
    await tablet.writes(issue({ own_words: 'cold' }));
    await tablet.syncs();
    await tablet.syncs({ epoch: 'epoch-2' });
    return tablet.core.waiting;
  },
  async foldUntilComplete(tablet) {
    await tablet.writes(issue({ own_words: 'cold' }));
    await tablet.syncs({ streams: { [MINE]: page(0, 3, [], { more: true }) } });
    return tablet.shows();
  },
  async rounds(tablet) {
    await tablet.syncs({ streams: { [MINE]: page(0, 2, [one, two]) } });
    await tablet.syncs({ epoch: 'epoch-2', streams: { [MINE]: page(0, 1, [one]) } });
    return tablet.shows('issue-2');
  },
  async membership(tablet) {
    await tablet.syncs({ streams: { [DESK]: page(0, 1, [one]), [MINE]: page(0, 1, [one]) } });
    await tablet.syncs({ closed: [DESK] });
    return tablet.shows();
  },
  async overClosure(tablet) {
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [one]) } });
    await tablet.writes(issue({ theme: 'HOU' }));
    const last = await tablet.writes(issue({ theme: 'DIG' }));
    return last.over.theme?.includes('otherAuthor:1');
  },
  async shownStamp(tablet) {
    const future = held('issue-1', [{ a: 'otherAuthor', n: 1, e: fromMs(NOW + DAY), set: { theme: 'ENE' } }]);
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [future]) } });
    return (await tablet.writes(issue({ theme: 'HOU' }))).h > fromMs(NOW + DAY);
  },
  async eraseAtOnce(tablet) {
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [one]) } });
    await tablet.syncs({ streams: { org: page(0, 1, [], { gone: [['issue-1', 'erased']], more: true }) } });
    return tablet.shows();
  },
};

describe('a rule that is switched off is missed', () => {
  test.each(Object.entries(STORIES))('%s', async (rule, story) => {
    const [on, off] = [await story(await Tablet.open()), await story(await Tablet.open({ [rule]: false }))];

    expect(off).not.toEqual(on);
  });

  test('freshAuthor', async () => {
    const names = async (rules: Partial<Rules>): Promise<number> => {
      const tablet = await Tablet.open(rules);
      const before = await tablet.writes(issue({ theme: 'ENE' }));
      await tablet.syncs({ acks: [['parked', 'clone']], streams: { [MINE]: page(0, 1, [stored(before)]) } });
      return new Set([before.a, (await tablet.writes(issue({ theme: 'HOU' }))).a]).size;
    };

    expect([await names({}), await names({ freshAuthor: false })]).toEqual([2, 1]);
  });
});
