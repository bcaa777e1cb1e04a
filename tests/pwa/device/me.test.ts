import { describe, expect, test } from 'vitest';
import { plain } from '../../../pwa/src/device/codec.ts';
import { meBy } from '../../../pwa/src/device/me.ts';
import type { Me } from '../../../pwa/src/device/types.ts';
import { keepMembership, membershipIn, Sealer } from '../../../pwa/src/device/vault/membership.ts';
import type { Known } from '../../../pwa/src/sync/access.ts';
import { database } from './databases.ts';

const me: Me = { member: 'm1', display_name: 'An', role: 'generalist', service: null, organisation: 'o1', device: 'd1' };
const own = (view: Known['view']): Known => ({ kind: 'member', id: 'm1', event: '', author: '', view, erased: false, moved: '' });

describe('who is signed in', () => {
  test('is who they were when their record is not here, or says the same', () => {
    expect(meBy(me, undefined)).toBe(me);
    expect(meBy(me, own({ display_name: 'An', role: 'generalist' }))).toBe(me);
  });

  test('has the role, the service and the name that their record has by now', () => {
    const changed = meBy(me, own({ display_name: 'An D.', role: 'service_worker', service: 's1' }));
    expect(changed).toEqual({ ...me, display_name: 'An D.', role: 'service_worker', service: 's1' });
    expect(meBy(changed, own({ display_name: 'An', role: 'generalist', service: null }))).toEqual(me);
  });

  test('does not turn a tablet into a desk, or a desk into a tablet', () => {
    const desk = { ...me, role: 'coordinator' };
    expect(meBy(me, own({ role: 'coordinator' }))).toBe(me);
    expect(meBy(desk, own({ role: 'generalist' }))).toBe(desk);
  });

  test('is kept in their vault as it is now', async () => {
    const db = database();
    await keepMembership(db, plain, { me, signing: null, transport: null });
    const sealer = new Sealer(db, plain, await membershipIn(db, plain, 'token-1'));
    await sealer.knownAs({ ...me, role: 'service_worker', service: 's1' });

    expect((await membershipIn(db, plain, 'token-1')).me).toEqual({ ...me, role: 'service_worker', service: 's1' });
  });
});
