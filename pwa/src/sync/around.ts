/** What surrounds a record: the others that it names, and those that name it. Twin of sync/around.py, which says why. */
import { view, winner } from './apply.ts';
import type { SyncRecord, Value } from './edits.ts';
import { LINKS } from './kinds.tables.ts';

export type View = Readonly<Record<string, Value>>;

const NOT_LIVE = new Set<unknown>([undefined, null, 'draft', 'rejected', 'cancelled', 'expired', 'withdrawn', 'entered_in_error']);
const UNCLOSED = new Set<unknown>([undefined, null, 'draft', 'open']);

/** A record as others see it: its shown values. `moved` is the stamp of its shown `state`. */
export interface Known {
  readonly kind: string;
  readonly id: string;
  readonly event: string;
  readonly author: string;
  readonly view: View;
  readonly erased: boolean;
  readonly moved: string;
}

/** What surrounds a record; pure look-ups in what was loaded before. */
export interface Around {
  get(id: string): Known | undefined;
  naming(id: string): Iterable<Known>;
}

/** Who acts: from the token, never from the body. */
export interface Actor {
  readonly member: string;
  readonly role: string;
  readonly service: string | null;
  readonly server?: boolean;
}

/** What others look up of a record. */
export function known(record: SyncRecord): Known {
  const states = record.live.get('state');
  const moved = states?.length ? winner('state', states).e : '';
  const { kind, id, event, author, erased } = record;
  return { kind, id, event, author, view: view(record), erased, moved };
}

export const isText = (value: Value | undefined): value is string => typeof value === 'string';

/** The ids that a record names. */
export function links(kind: string, shown: View): string[] {
  return (LINKS[kind] ?? []).map((name) => shown[name]).filter(isText);
}

/** The record that a field of this one names. */
export function named(around: Around, record: Known, name: string): Known | undefined {
  const value = record.view[name];
  return isText(value) ? around.get(value) : undefined;
}

/** Whether somebody has been handed on and is not back. */
export const isLive = (referral: Known): boolean => !NOT_LIVE.has(referral.view.state);

/** The service a referral goes to: its own, or that of its table. */
export function serviceOf(referral: Known, around: Around): string | undefined {
  const table = named(around, referral, 'to_table');
  const service = table?.kind === 'presence' ? table.view.service : referral.view.to_service;
  return isText(service) ? service : undefined;
}

/** The services of the live referrals that name a record. */
export function* servicesNaming(record: Known, around: Around): Generator<string> {
  for (const other of around.naming(record.id)) {
    if (other.kind !== 'referral' || !isLive(other)) continue;
    const service = serviceOf(other, around);
    if (service) yield `service:${service}`;
  }
}

/** Whether an issue hangs on a card, by itself or through its talk. */
export function hangsOnCard(shown: View, around: Around): boolean {
  const talk = isText(shown.visit) ? around.get(shown.visit) : undefined;
  return Boolean(shown.card || talk?.view.card);
}

/** The members of an event's team. */
export function team(event: Known): string[] {
  return Object.keys(event.view)
    .filter((name) => name.startsWith('team/') && event.view[name] === true)
    .map((name) => name.slice(5));
}

/** Whether an event is over for its team. */
export const isClosed = (event: Known): boolean => !UNCLOSED.has(event.view.state);
