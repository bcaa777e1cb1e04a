/** What a tablet offers is what the server will take, also of what has not reached the server yet. */
import { describe, expect, test } from 'vitest';
import { verdictOn } from '../../../pwa/src/device/judging.ts';
import { WorkingSet } from '../../../pwa/src/device/records.ts';
import type { Change, Me } from '../../../pwa/src/device/types.ts';
import type { Verdict } from '../../../pwa/src/sync/access.ts';
import type { Value } from '../../../pwa/src/sync/edits.ts';
import { fromMs } from '../../../pwa/src/sync/stamp.ts';

import type { WireRecord } from '../../../pwa/src/sync/wire.ts';
import { EVENT, MINE, NOW, page, Tablet } from './bench.ts';

const REFERRAL = 'referral-1';
const me: Me = { member: 'm1', organisation: 'o1', display_name: 'Wout', role: 'service_worker', service: 's1' } as Me;

const sent = (kind: string, id: string, set: Record<string, Value>, n: number, past = {}): WireRecord => ({
  kind,
  id,
  event: EVENT,
  author: 'm9',
  past,
  live: [{ a: 'otherAuthor', n, by: 'm9', e: fromMs(NOW - 60_000 + n), set }],
});
const referral = (state: string, n: number, past = {}) =>
  sent('referral', REFERRAL, { card: 'card-1', to_table: 'table-1', state }, n, past);
const around = [
  sent('event', EVENT, { state: 'open', 'team/m1': true, 'team/m9': true }, 1),
  sent('presence', 'table-1', { service: 's1', table_label: 'Tafel 1' }, 2),
];

const moves = (state: string): Change => ({ kind: 'referral', id: REFERRAL, event: EVENT, set: { state } });
const verdict = (tablet: Tablet, change: Change): Verdict =>
  verdictOn(change, { core: tablet.core, me, around: new WorkingSet(tablet.core), nowMs: tablet.now });

describe('a table without a network', () => {
  test('says how a hand-over ended that it took without one', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [MINE]: page(0, 3, [...around, referral('requested', 3)]) } });

    expect(verdict(tablet, moves('accepted'))).toBeUndefined();
    expect(verdict(tablet, moves('completed'))).toBe('not_possible');
    await tablet.writes(moves('accepted'));

    expect(verdict(tablet, moves('completed'))).toBeUndefined();
    await tablet.writes(moves('completed'));
    expect(verdict(tablet, moves('accepted'))).toBe('not_possible');
  });

  test('is not kept from it by what somebody else did meanwhile, which the server will judge', async () => {
    const tablet = await Tablet.open();
    await tablet.syncs({ streams: { [MINE]: page(0, 3, [...around, referral('requested', 3)]) } });
    await tablet.writes(moves('accepted'));
    const call = await tablet.calls();
    await tablet.hears(call, { acks: [], streams: { [MINE]: page(3, 4, [referral('on_hold', 4, { state: { otherAuthor: 3 } })]) } });

    expect(verdict(tablet, moves('completed'))).toBeUndefined();
  });
});
