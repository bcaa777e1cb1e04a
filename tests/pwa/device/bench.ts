/** A tablet on a disk in memory, and the replies of a server that says what a test wants it to say. */
import type { Call, Outcome } from '../../../pwa/src/device/calls.ts';
import { Core } from '../../../pwa/src/device/core.ts';
import type { Disk } from '../../../pwa/src/device/disk.ts';
import { MemoryDisk } from '../../../pwa/src/device/memory.ts';
import { ALL, type Rules } from '../../../pwa/src/device/rules.ts';
import type { Change } from '../../../pwa/src/device/types.ts';
import { view } from '../../../pwa/src/sync/apply.ts';
import { streamDigest } from '../../../pwa/src/sync/digest.ts';
import type { Edit, Value } from '../../../pwa/src/sync/edits.ts';
import { fromMs } from '../../../pwa/src/sync/stamp.ts';
import { fromWire, type StreamPage, type SyncReply, type WireRecord } from '../../../pwa/src/sync/wire.ts';

export const NOW = 1_795_322_400_000;
export const DAY = 86_400_000;
export const EVENT = '0199c001-0000-7000-8000-000000000001';
export const DESK = `event:${EVENT}/desk`;
export const MINE = `event:${EVENT}/member:m1`;

export const issue = (set: Record<string, Value>, id = 'issue-1', over?: 'all'): Change => ({
  kind: 'issue',
  id,
  event: EVENT,
  set,
  ...(over ? { over } : {}),
});

/** What a server sends of an issue. `versions`: field → values by [author, n, value]. */
export function held(
  id: string,
  parts: readonly { a: string; n: number; e?: string; set: Record<string, Value> }[],
  past = {},
): WireRecord {
  const live = parts.map(({ a, n, e = fromMs(NOW - 60_000 + n), set }) => ({ a, n, by: 'm9', e, set }));
  return { kind: 'issue', id, event: EVENT, author: 'm9', past, live };
}

/** The server's record of a tablet's own edit. */
export const stored = (edit: Edit, by = 'm1'): WireRecord => ({
  kind: edit.kind,
  id: edit.id,
  event: edit.event,
  author: by,
  past: {},
  live: [{ a: edit.a, n: edit.n, by, e: edit.h, set: edit.set as Record<string, never> }],
});

/** A page of a stream to its end; the digest is that of its records, unless another is given. */
export const page = (from: number, at: number, records: readonly WireRecord[] = [], more: Partial<StreamPage> = {}): StreamPage => ({
  from,
  at,
  more: false,
  records,
  ...more,
});

export const digestOf = (records: readonly WireRecord[]): string => streamDigest(records.map(fromWire));

export class Tablet {
  readonly disk: Disk;
  core: Core;
  now = NOW;
  readonly #rules: Partial<Rules>;
  static #authors = 0;

  private constructor(disk: Disk, core: Core, rules: Partial<Rules>) {
    this.disk = disk;
    this.core = core;
    this.#rules = rules;
  }

  // As long as an author is, however many a fuzz opens.
  static newAuthor = (): string => `author${String(++Tablet.#authors % 100_000).padStart(5, '0')}`;

  static async open(rules: Partial<Rules> = {}, disk: Disk = new MemoryDisk()): Promise<Tablet> {
    return new Tablet(disk, await Tablet.#start(disk, rules), rules);
  }

  static #start(disk: Disk, rules: Partial<Rules>): Promise<Core> {
    return Core.open(disk, { member: 'm1', newAuthor: Tablet.newAuthor, rules: { ...ALL, ...rules } });
  }

  /** The app is closed and opened; or one more tab is. */
  async restarts(): Promise<void> {
    this.core = await Tablet.#start(this.disk, this.#rules);
  }

  async tab(): Promise<Tablet> {
    return new Tablet(this.disk, await Tablet.#start(this.disk, this.#rules), this.#rules);
  }

  writes(change: Change): Promise<Edit> {
    return this.core.write(change, this.now);
  }

  calls(): Promise<Call> {
    return this.core.request(this.now);
  }

  hears(call: Call, reply: Partial<SyncReply>): Promise<Outcome> {
    return this.core.receive(call, this.reply(call, reply), this.now);
  }

  reply(call: Call, reply: Partial<SyncReply>): SyncReply {
    const acks = call.sent.map(() => ['ok']);
    const head = { protocol: 1, epoch: 'epoch-1', call: call.number, now: this.now, acks, closed: [], wipe: false };
    // A reply names every stream of the device; one that has nothing new says so.
    const streams = Object.fromEntries(Object.entries(call.request.cursors).map(([name, at]) => [name, page(at, at)]));
    for (const name of reply.closed ?? []) delete streams[name];
    return { ...head, ...reply, streams: { ...streams, ...reply.streams } };
  }

  /** One call and its reply. */
  async syncs(reply: Partial<SyncReply> = {}): Promise<Outcome> {
    return this.hears(await this.calls(), reply);
  }

  shows(id = 'issue-1'): Record<string, Value> | undefined {
    const record = this.core.shown(id);
    return record ? { ...view(record) } : undefined;
  }

  /** What waits, and what is kept, in short: the values, and the answers. */
  get outbox(): string[] {
    const rows = [...this.core.state.outbox.values()].sort((one, two) => one.seq - two.seq);
    return rows.map(({ edit, ack }) => `${Object.values(edit.set).join()}${ack ? ` ${ack}` : ''}`);
  }

  get kept(): string[] {
    return [...this.core.state.kept.values()].map(({ edit, ack }) => `${Object.values(edit.set).join()} ${ack}`);
  }

  get refused(): string[] {
    return [...this.core.state.refused.values()].map(({ edit, ack }) => `${Object.values(edit.set).join()} ${ack}`);
  }
}
