/** A promise can be given to whoever sees it then, and to nobody else. */
import { expect, test } from 'vitest';
import type { Records, Shown } from '../../../pwa/src/device/types.ts';
import { givenTo, takers } from '../../../pwa/src/features/promises/takers.ts';

const member = (id: string, view: Record<string, unknown>): Shown =>
  ({ id, kind: 'member', view: { display_name: id, active: true, ...view } }) as unknown as Shown;
const MEMBERS = [
  member('yasmin', { role: 'service_worker', service: 's1' }),
  member('ben', { role: 'generalist' }),
  member('cora', { role: 'coordinator' }),
  member('dries', { role: 'generalist' }), // not of this team
  member('els', { role: 'generalist', active: false }),
  member('fons', { role: 'logistics' }),
  member('gust', { role: 'service_worker', service: 's2' }), // nobody of that service is here
];
const SERVICES: Record<string, unknown> = { s1: { view: { name: 'OCMW' } }, s2: { view: { name: 'Huis' } } };
const records = { all: () => MEMBERS, get: (id: string) => SERVICES[id] } as unknown as Records;
const event = (view: Record<string, unknown> = {}): Shown => {
  const team = Object.fromEntries(['yasmin', 'ben', 'els', 'fons'].map((id) => [`team/${id}`, true]));
  return { id: 'e1', kind: 'event', view: { state: 'open', ...team, ...view } } as unknown as Shown;
};

test('the team, the coordinators, and the services that are there', () => {
  expect(takers(records, event())).toEqual([
    { value: 'member:ben', label: 'ben' },
    { value: 'member:cora', label: 'cora' },
    { value: 'member:yasmin', label: 'yasmin' },
    { value: 'service:s1', label: 'OCMW' },
  ]);
});

test('of an event that is put away: nobody', () => {
  expect(takers(records, event({ state: 'archived' }))).toEqual([]);
});

test('what is given to one of us is ours to do', () => {
  expect([givenTo('member:ben'), givenTo('service:s1')]).toEqual([
    { assignee: 'member:ben', who_acts: 'member' },
    { assignee: 'service:s1', who_acts: 'service' },
  ]);
});
