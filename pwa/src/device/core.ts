/**
 * The device: keeps what its people write, and what the server sends (docs/protocol.md, the device's half).
 *
 *     write ─→ outbox ─→ request ─→ … ─→ receive ─→ records        shown = fold(server's record, outbox)
 *
 * No network, screen, clock or chance in here: the courier carries, the app shows, both pass time and chance in.
 * The simulator (tests/sync) runs this very class on disks that forget, with clocks that lie.
 */
import { fold, see, winner } from '../sync/apply.ts';
import { dotOf, type Edit, emptyTable, type SyncRecord, type Value, type Version } from '../sync/edits.ts';
import { SyncError } from '../sync/errors.ts';
import { KINDS_VERSION, LIMITS } from '../sync/kinds.tables.ts';
import { checkEdit } from '../sync/kinds.ts';
import { FIRST, nextStamp, type Stamp, stepBack, tick } from '../sync/stamp.ts';
import { decodeReply, type SyncReply, type SyncRequest, WIRE } from '../sync/wire.ts';
import { applyPatch, type Disk, type EditRow, emptyPatch, emptyState, type State } from './disk.ts';
import { receive } from './receive.ts';
import { ALL, type Rules } from './rules.ts';
import type { Change } from './types.ts';

const CALIBRATED_WITHIN_MS = 60_000;

export interface Setup {
  readonly member: string;
  readonly newAuthor: () => string;
  readonly app?: string;
  readonly rules?: Rules;
}

/** One call on its way: what was asked, and which edits it carries. */
export interface Call {
  readonly request: SyncRequest;
  readonly number: number;
  readonly sent: readonly EditRow[];
  readonly sentAt: number;
}

/** How a reply was taken. */
export type Outcome =
  | { readonly kind: 'late' }
  | { readonly kind: 'stored'; readonly complete: boolean; readonly wipe: boolean; readonly differing: readonly string[] };

export class Core {
  readonly disk: Disk;
  readonly setup: Setup;
  readonly rules: Rules;
  state: State = emptyState();
  author: string;
  /** Server's now minus this device's; in memory only, `null` until a quick reply came. */
  offsetMs: number | null = null;
  /** Told the ids of records that look different now; `null`: all may. */
  onchange: (ids: ReadonlySet<string> | null) => void = () => {};
  #n = 0;
  #last: Stamp = FIRST;
  #byRecord = new Map<string, EditRow[]>();
  #batch: number = WIRE.edits;
  #differ: string[] = [];

  private constructor(disk: Disk, setup: Setup) {
    this.disk = disk;
    this.setup = setup;
    this.rules = setup.rules ?? ALL;
    this.author = setup.newAuthor();
  }

  /** A device as it is on its disk, under a new author. */
  static async open(disk: Disk, setup: Setup): Promise<Core> {
    const core = new Core(disk, setup);
    await core.reload();
    return core;
  }

  /** Reads everything from the disk again: another tab may have been the one that received. */
  async reload(): Promise<void> {
    this.state = await this.disk.load();
    this.#index();
    this.onchange(null);
  }

  /** Reads the edits again: another tab may have written. */
  async reloadEdits(): Promise<void> {
    const before = new Set(this.#byRecord.keys());
    Object.assign(this.state, await this.disk.loadEdits());
    this.#index();
    this.onchange(new Set([...before, ...this.#byRecord.keys()]));
  }

  #index(): void {
    this.#byRecord = new Map();
    const rows = [...this.state.outbox.values()].sort((one, two) => one.seq - two.seq);
    for (const row of rows) {
      const list = this.#byRecord.get(row.edit.id);
      if (list) list.push(row);
      else this.#byRecord.set(row.edit.id, [row]);
    }
  }

  /** How many edits the server has not answered. */
  get waiting(): number {
    return this.unsent.length;
  }

  /** The edits that the server has not answered, oldest first. */
  get unsent(): EditRow[] {
    return [...this.state.outbox.values()].filter((row) => row.ack === '').sort((one, two) => one.seq - two.seq);
  }

  /** Whether something of a record has not left this device. */
  isWaiting(id: string): boolean {
    return this.#byRecord.get(id)?.some((row) => row.ack === '') ?? false;
  }

  /** A record as a person sees it here, or `null`. */
  shown(id: string): SyncRecord | null {
    const record = this.state.records.get(id)?.record ?? null;
    return fold(record, this.#edits(id, false), { by: this.setup.member });
  }

  /** The ids of everything that can be shown. */
  *ids(): Generator<string> {
    yield* this.state.records.keys();
    for (const id of this.#byRecord.keys()) if (!this.state.records.has(id)) yield id;
  }

  #edits(id: string, hidden: boolean): Edit[] {
    const rows = this.#byRecord.get(id) ?? [];
    return rows.filter((row) => (hidden || !row.hidden) && (this.rules.foldUntilComplete || row.ack === '')).map((row) => row.edit);
  }

  /** The edit that a change would be; nothing is kept. Throws `SyncError` where its content is not legal. */
  draft(change: Change, nowMs: number): Edit {
    const shown = this.shown(change.id);
    const waiting = this.#edits(change.id, true);
    const own = this.rules.overClosure ? new Set([this.author, ...waiting.map((edit) => edit.a)]) : new Set<string>();
    const over = emptyTable<string[]>();
    let latest = '';
    for (const versions of shown?.live.values() ?? []) for (const v of versions) if (v.e > latest) latest = v.e;
    for (const name of Object.keys(change.set)) {
      const versions = shown?.live.get(name) ?? [];
      const onScreen: readonly Version[] = versions.length < 2 || change.over === 'all' ? versions : [winner(name, versions)];
      const dots = this.rules.overClosure ? see(onScreen, name, waiting, own) : onScreen.map((v) => dotOf(v.a, v.n));
      if (dots.length > 0) over[name] = dots.slice(0, LIMITS.over);
    }
    const set = Object.assign(emptyTable<Value>(), change.set);
    for (const [name, value] of Object.entries(set)) if (typeof value === 'string') set[name] = value.normalize('NFC');
    const now = nowMs + (this.offsetMs ?? 0);
    const h = nextStamp(this.#last, { nowMs: now, shown: this.rules.shownStamp ? latest : '' });
    const u = this.offsetMs === null ? 1 : 0;
    const { kind, id, event } = change;
    const edit: Edit = { a: this.author, n: this.#n + 1, h, kind, id, event, set, over, u };
    const code = checkEdit(edit);
    if (code) throw new SyncError(code, `${kind}: ${Object.keys(set).join(', ')}`);
    return edit;
  }

  /** Keeps a change; resolves when it is on the disk, not before. */
  async write(change: Change, nowMs: number): Promise<Edit> {
    const edit = this.draft(change, nowMs);
    // The number is taken before the write: if that fails, it is never used again.
    this.#n = edit.n;
    this.#last = tick(this.#last, { nowMs: nowMs + (this.offsetMs ?? 0) });
    const seq = await this.disk.append(edit);
    this.state.outbox.set(seq, { seq, edit, ack: '', ackedAt: 0, hidden: false });
    this.#index();
    this.onchange(new Set([edit.id]));
    return edit;
  }

  /** The next call. Takes its number from the disk. */
  async request(nowMs: number): Promise<Call> {
    const number = await this.disk.nextCall();
    const sent = this.#nextBatch();
    const cursors = emptyTable<number>();
    for (const stream of this.state.streams.values()) cursors[stream.name] = stream.cursor;
    const request: SyncRequest = {
      protocol: WIRE.protocol,
      kinds: KINDS_VERSION,
      epoch: this.state.meta.epoch,
      call: number,
      now: Math.trunc(nowMs),
      cursors,
      edits: sent.map((row) => forWire(row.edit)),
      limit: WIRE.pageEntries,
      waiting: this.waiting,
      app: this.setup.app ?? '',
      differ: this.#differ,
    };
    return { request, number, sent, sentAt: nowMs };
  }

  #nextBatch(): EditRow[] {
    const batch: EditRow[] = [];
    let bytes = 0;
    for (const row of this.unsent) {
      bytes += JSON.stringify(row.edit).length * 2; // a cautious guess of its UTF-8
      if (batch.length >= this.#batch || (batch.length > 0 && bytes > WIRE.editsBytes)) break;
      batch.push(row);
    }
    return batch;
  }

  /** Stores a reply, once, and only if its call is still the newest. Throws `SyncError` where it is no reply. */
  async receive(call: Call, body: unknown, nowMs: number): Promise<Outcome> {
    const reply: SyncReply = decodeReply(body);
    if (reply.call !== call.number) return { kind: 'late' };
    const received = receive(this.state, reply, call.sent, this.rules);
    if (!(await this.disk.commit(received.patch, this.rules.lateReplies ? call.number : null))) return { kind: 'late' };
    const before = this.state.records;
    this.#differ = received.repaired.length > 0 ? [] : this.#differ;
    const changed = new Set(received.patch.records.keys());
    for (const store of ['outbox', 'kept', 'refused'] as const) {
      for (const [seq, row] of received.patch[store]) {
        const id = (row ?? this.state[store].get(seq))?.edit.id;
        if (id) changed.add(id);
      }
    }
    this.#noteDiffering(received.differing, before);
    applyPatch(this.state, received.patch);
    this.#index();
    this.#calibrate(reply.now, call.sentAt, nowMs);
    this.#batch = WIRE.edits;
    if (received.isCloned) this.#startAuthor();
    this.onchange(changed);
    const wipe = reply.wipe && this.waiting === 0;
    return { kind: 'stored', complete: received.complete, wipe, differing: received.differing };
  }

  #noteDiffering(streams: readonly string[], records: ReadonlyMap<string, { readonly streams: ReadonlyMap<string, number> }>): void {
    if (streams.length === 0) return;
    const ids = [...records].filter(([, held]) => streams.some((name) => held.streams.has(name))).map(([id]) => id);
    this.#differ = ids.slice(0, 100);
  }

  #startAuthor(): void {
    if (!this.rules.freshAuthor) return;
    this.author = this.setup.newAuthor();
    this.#n = 0;
  }

  #calibrate(serverNowMs: number, sentAtMs: number, nowMs: number): void {
    const trip = nowMs - sentAtMs;
    if (trip < 0 || trip >= CALIBRATED_WITHIN_MS) return;
    this.offsetMs = Math.round(serverNowMs + trip / 2 - nowMs);
    this.#last = stepBack(this.#last, { nowMs: nowMs + this.offsetMs });
  }

  /** The server would not take the body: smaller batches from here, and a single edit that still fails is refused. */
  async tooLarge(call: Call): Promise<void> {
    if (call.sent.length > 1) {
      this.#batch = Math.max(1, Math.floor(call.sent.length / 2));
      return;
    }
    const row = call.sent[0];
    if (!row) return;
    const patch = emptyPatch();
    patch.outbox.set(row.seq, null);
    patch.refused.set(row.seq, { ...row, ack: 'refused bad_value' });
    await this.disk.commit(patch, null);
    applyPatch(this.state, patch);
    this.#index();
    this.onchange(new Set([row.edit.id]));
  }

  /** Takes an edit that needed attention off the list. */
  async dismiss(seq: number): Promise<void> {
    const patch = emptyPatch();
    const kept = this.state.kept.get(seq);
    if (kept) patch.kept.set(seq, { ...kept, ack: `${kept.ack} seen` });
    patch.refused.set(seq, null);
    await this.disk.commit(patch, null);
    applyPatch(this.state, patch);
    this.onchange(new Set());
  }
}

/** An edit as it travels: what is empty stays at home, so that both sides write the same bytes. */
function forWire(edit: Edit): object {
  const { event, over, u, ...rest } = edit;
  return { ...rest, ...(event ? { event } : {}), ...(Object.keys(over).length > 0 ? { over } : {}), ...(u ? { u } : {}) };
}
