/** Who can take a promise on: whoever will see it once it is theirs. Pure. */
import type { Records, Shown } from '../../device/types.ts';
import { serviceName } from '../../domain/handing.ts';
import { actorOf } from '../../domain/reminders.ts';
import { streamsOf } from '../../sync/access.ts';

export interface Taker {
  /** As it is kept: `member:ID` or `service:ID`. */
  readonly value: string;
  readonly label: string;
}

/** Roles that may say how a promise went; the others see it, and nothing more. */
const ACT: ReadonlySet<unknown> = new Set(['generalist', 'service_worker', 'researcher', 'bar', 'coordinator']);

/** Members in the order of their names, then the services of those who are there. */
export function takers(records: Records, event: Shown): Taker[] {
  const [members, services] = [new Map<string, string>(), new Map<string, string>()];
  for (const one of records.all('member')) {
    const { id, view } = one;
    if (view.active === false || !ACT.has(view.role)) continue;
    const actor = actorOf(one);
    if (!streamsOf(actor, [event]).has(`event:${event.id}/member:${id}`)) continue;
    members.set(`member:${id}`, String(view.display_name));
    if (actor.service && view.role !== 'coordinator') services.set(`service:${actor.service}`, serviceName(records, actor.service));
  }
  const inOrder = (map: Map<string, string>): Taker[] =>
    [...map].map(([value, label]) => ({ value, label })).toSorted((one, two) => one.label.localeCompare(two.label));
  return [...inOrder(members), ...inOrder(services)];
}

/** The edit that gives a promise to somebody. */
export const givenTo = (taker: string): { assignee: string; who_acts: string } => ({
  assignee: taker,
  who_acts: taker.slice(0, taker.indexOf(':')),
});
