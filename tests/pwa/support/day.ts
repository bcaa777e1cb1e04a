/**
 * The square day at Bockstael as a desk sees it the evening after everything arrived: every action folded, with the
 * file's own names as ids. Everybody saw what was written before, except the second side of each expected conflict.
 */
import { readFileSync } from 'node:fs';
import type { Core } from '../../../pwa/src/device/core.ts';
import { WorkingSet } from '../../../pwa/src/device/records.ts';
import { apply, winner } from '../../../pwa/src/sync/apply.ts';
import { dotOf, type SyncRecord, type Value } from '../../../pwa/src/sync/edits.ts';
import { fromMs } from '../../../pwa/src/sync/stamp.ts';

type Nested = Value | { readonly [key: string]: Value };
type Fields = Readonly<Record<string, Nested>>;
interface Action {
  readonly at: string;
  readonly worker: string;
  readonly record: string;
  readonly kind: string;
  readonly set: Fields;
}
interface File {
  readonly event: Fields & { readonly id: string; readonly team: readonly string[] };
  readonly services: readonly (Fields & { readonly id: string })[];
  readonly workers: readonly (Fields & { readonly id: string })[];
  readonly actions: readonly Action[];
  readonly expected: {
    readonly records: Readonly<Record<string, number>>;
    readonly tallies: Readonly<Record<string, number>>;
    readonly issues: { readonly theme: Readonly<Record<string, number>> };
    readonly conflicts: readonly { record: string; field: string; sides: readonly { at: string; value: Value }[] }[];
    readonly erased: readonly { tombstones: readonly string[]; issues_without_card: readonly string[] }[];
  };
}

const FILE = new URL('../../../server/demo/days/bockstael.json', import.meta.url);
export const EVENT = 'event-001';

export class Day {
  readonly file = JSON.parse(readFileSync(FILE, 'utf8')) as File;
  readonly #held = new Map<string, SyncRecord>();
  readonly #numbers = new Map<string, number>();
  readonly #firstSides = new Map<string, string>();
  readonly records: WorkingSet;

  /** The day up to a moment; whole without one. */
  constructor(until = '9999') {
    const start = '2026-09-01T09:00:00+02:00';
    const { id, team: _, criteria: __, ...event } = this.file.event;
    this.write({ at: start, worker: 'w8', record: id, kind: 'event', set: event });
    for (const { id: record, ...set } of this.file.services) this.write({ at: start, worker: 'w8', record, kind: 'service', set });
    for (const { id: record, ...set } of this.file.workers) this.write({ at: start, worker: 'w8', record, kind: 'member', set });
    for (const action of this.file.actions) if (action.at < until) this.write(action);
    if (until === '9999') this.#erase();
    const core = { ids: () => this.#held.keys(), shown: (id: string) => this.#held.get(id) ?? null, isWaiting: () => false };
    this.records = new WorkingSet(core as unknown as Core);
  }

  write({ at, worker, record: id, kind, set }: Action): void {
    const n = (this.#numbers.get(worker) ?? 0) + 1;
    this.#numbers.set(worker, n);
    const [record, e] = [this.#held.get(id), fromMs(Date.parse(at))];
    const flat = flatten(set);
    const over: Record<string, string[]> = {};
    for (const [field, value] of Object.entries(flat)) {
      const unseen = this.#unseen(id, field, { at, value, dot: dotOf(worker, n) });
      const seen = (record?.live.get(field) ?? []).filter((one) => dotOf(one.a, one.n) !== unseen);
      if (seen.length > 0) over[field] = [((one) => dotOf(one.a, one.n))(winner(field, seen))];
    }
    const event = kind === 'service' || kind === 'member' ? '' : EVENT;
    this.#held.set(id, apply(record, { a: worker, n, h: e, kind, id, event, set: flat, over, u: 0 }, { by: worker, e }));
    this.records?.refresh(new Set([id]));
  }

  /** Of a conflict's second side: the dot of the first, which its author had not seen. */
  #unseen(record: string, field: string, { at, value, dot }: { at: string; value: Value; dot: string }): string | undefined {
    const key = `${record} ${field}`;
    const conflict = this.file.expected.conflicts.find((one) => one.record === record && one.field === field);
    const side = conflict?.sides.findIndex((one) => one.at === at && one.value === value);
    if (side === 0) this.#firstSides.set(key, dot);
    return side !== undefined && side > 0 ? this.#firstSides.get(key) : undefined;
  }

  #erase(): void {
    for (const { tombstones, issues_without_card } of this.file.expected.erased) {
      for (const id of tombstones) this.#held.delete(id);
      for (const id of issues_without_card) {
        const record = this.#held.get(id) as SyncRecord;
        const live = new Map([...record.live].filter(([field]) => !['card', 'visit', 'own_words', 'ask'].includes(field)));
        this.#held.set(id, { ...record, author: '', live, erased: true });
      }
    }
  }
}

function flatten(set: Fields): Record<string, Value> {
  const flat: Record<string, Value> = {};
  for (const [name, value] of Object.entries(set)) {
    if (name === 'author') continue;
    if (name === 'assignee') flat[name] = `${String(value).startsWith('s') ? 'service' : 'member'}:${value}`;
    else if (value !== null && typeof value === 'object' && !Array.isArray(value))
      for (const [key, one] of Object.entries(value as Record<string, Value>)) flat[`${name}/${key}`] = one;
    else flat[name] = value as Value;
  }
  return flat;
}
