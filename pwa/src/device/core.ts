/**
 * The device: keeps what its people write, and what the server sends (docs/protocol.md, the device's half).
 *
 *     write ─→ outbox ─→ request ─→ … ─→ receive ─→ records        shown = fold(server's record, outbox)
 *
 * No network, screen, clock or chance in here: the courier carries, the app shows, both pass time and chance in.
 * The simulator (tests/sync) runs this very class on disks that forget, with clocks that lie.
 */
import { fold } from '../sync/apply.ts';
import { type Edit, emptyTable, type SyncRecord } from '../sync/edits.ts';
import { KINDS_VERSION } from '../sync/kinds.tables.ts';
import { FIRST, type Stamp, stepBack, tick } from '../sync/stamp.ts';
import { decodeReply, type SyncReply, type SyncRequest, WIRE } from '../sync/wire.ts';
import { Batching } from './batching.ts';
import type { Call, Outcome, Setup } from './calls.ts';
import { changedIds, recordsIn } from './changes.ts';
import { applyPatch, type Disk, DiskFull, type EditRow, emptyState, type Patch, type State } from './disk.ts';
import { draftEdit } from './draft.ts';
import { forWire, Outbox } from './outbox.ts';
import { dismissing, evicting, refusing } from './patches.ts';
import { type Received, receive, receiveAnswers, receiveBoxes, tellsOfErased } from './receive.ts';
import { ALL, type Rules } from './rules.ts';
import type { BoxRow } from './schema.ts';
import type { Change } from './types.ts';

const CALIBRATED_WITHIN_MS = 60_000;
const REPORTED = 100;

export class Core {
  readonly disk: Disk;
  readonly setup: Setup;
  readonly rules: Rules;
  state: State = emptyState();
  author: string;
  /** Server's now minus this device's; in memory only, `null` until a quick reply came. */
  offsetMs: number | null = null;
  /** The browser has no room left: words are kept at the cost of the server's records, or not at all. */
  isFull = false;
  /** Told the ids of records that look different now; `null`: all may. */
  onchange: (ids: ReadonlySet<string> | null) => void = () => {};
  #n = 0;
  #last: Stamp = FIRST;
  #outbox = new Outbox([]);
  readonly batching = new Batching();
  #differ: readonly string[] = [];
  #turn: Promise<unknown> = Promise.resolve();

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
    const rows = [core.state.outbox, core.state.kept].flatMap((store) => [...store.values()]);
    if (!core.rules.freshAuthor) core.#n = Math.max(0, ...rows.map(({ edit }) => (edit.a === core.author ? edit.n : 0)));
    return core;
  }

  /** One change of the state at a time: what was read from the disk must not overtake what was just written. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Reads everything from the disk again. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reload());
  }

  async #reload(): Promise<void> {
    this.state = await this.disk.load();
    this.#outbox = new Outbox(this.state.outbox.values());
    this.onchange(null);
  }

  /** Reads again what another tab changed: all edits, and these records. */
  reloadSome(ids: Iterable<string>): Promise<void> {
    return this.#inTurn(async () => {
      const changed = new Set([...ids, ...this.#outbox.ids()]);
      const { records, ...rest } = await this.disk.loadSome([...ids]);
      Object.assign(this.state, rest);
      for (const [id, held] of records) {
        if (held) this.state.records.set(id, held);
        else this.state.records.delete(id);
      }
      this.#outbox = new Outbox(this.state.outbox.values());
      for (const id of this.#outbox.ids()) changed.add(id);
      this.onchange(changed);
    });
  }

  /** How many edits the server has not answered. */
  get waiting(): number {
    return this.#outbox.unsent.length;
  }

  /** The edits that the server has not answered, oldest first. */
  get unsent(): readonly EditRow[] {
    return this.#outbox.unsent;
  }

  /** Whether something of a record has not left this device. */
  isWaiting(id: string): boolean {
    return this.#outbox.of(id).some((row) => row.ack === '');
  }

  /** A record as a person sees it here, or `null`. */
  shown(id: string): SyncRecord | null {
    const record = this.state.records.get(id)?.record ?? null;
    const rows = this.#outbox.of(id).filter((row) => !row.hidden && (this.rules.foldUntilComplete || row.ack === ''));
    const edits = rows.map((row) => row.edit);
    return fold(record, edits, { by: this.setup.member });
  }

  /** The ids of everything that can be shown. */
  *ids(): Generator<string> {
    yield* this.state.records.keys();
    for (const id of this.#outbox.ids()) if (!this.state.records.has(id)) yield id;
  }

  /** The edit that a change would be; nothing is kept. Throws `SyncError` where its content is not legal. */
  draft(change: Change, nowMs: number): Edit {
    return draftEdit(change, {
      author: this.author,
      n: this.#n + 1,
      last: this.#last,
      nowMs: nowMs + (this.offsetMs ?? 0),
      calibrated: this.offsetMs !== null,
      shown: this.shown(change.id),
      waiting: this.#outbox.of(change.id).map((row) => row.edit),
      rules: this.rules,
    });
  }

  /** Keeps a change; resolves when it is on the disk, not before. Throws `DiskFull` where there is no room even so. */
  write(change: Change, nowMs: number): Promise<Edit> {
    return this.#inTurn(async () => {
      try {
        return await this.#write(change, nowMs);
      } catch (error) {
        if (!(error instanceof DiskFull)) throw error;
        await this.#evict();
        return this.#write(change, nowMs);
      }
    });
  }

  async #write(change: Change, nowMs: number): Promise<Edit> {
    const edit = this.draft(change, nowMs);
    // The number is taken before the write: if that fails, it is never used again.
    this.#n = edit.n;
    this.#last = tick(this.#last, { nowMs: nowMs + (this.offsetMs ?? 0) });
    const row = await this.disk.append(edit);
    this.state.outbox.set(row.seq, row);
    this.#outbox.add(row);
    this.onchange(new Set([edit.id]));
    return edit;
  }

  /** The same for words that are no edit yet. */
  makeRoom = (): Promise<void> => this.#inTurn(() => this.#evict());

  /** Makes room for words: the server has its records, nobody else has these words. They are read again from 0. */
  async #evict(): Promise<void> {
    this.isFull = true;
    await this.disk.commit(evicting(this.state), null);
    // In memory they stay until the app is closed.
    for (const stream of this.state.streams.values()) this.state.streams.set(stream.name, { ...stream, cursor: 0 });
  }

  /** The next call. Takes its number from the disk. */
  request(nowMs: number): Promise<Call> {
    return this.#inTurn(async () => {
      const number = await this.disk.nextCall();
      // Another tab called since: what it received is on the disk, not here.
      if (number !== this.state.call + 1) await this.#reload();
      this.state.call = number;
      const sent = this.#outbox.batch({ edits: this.batching.limit, bytes: WIRE.editsBytes }, (seq) => this.batching.isPassed(seq, nowMs));
      const cursors = emptyTable<number>();
      for (const stream of this.state.streams.values()) cursors[stream.name] = stream.cursor;
      const request: SyncRequest = {
        protocol: WIRE.protocol,
        kinds: KINDS_VERSION,
        epoch: this.state.meta.epoch,
        call: number,
        now: Math.trunc(nowMs),
        cursors,
        edits: sent.map((row) => row.box ?? forWire(row.edit)),
        limit: WIRE.pageEntries,
        waiting: this.waiting,
        app: this.setup.app ?? '',
        differ: this.#differ,
        persisted: this.setup.persisted?.() ?? null,
        ...(this.setup.sealer && { transport: this.setup.sealer.transport }),
      };
      return { request, number, sent, sentAt: nowMs };
    });
  }

  /** Stores a reply, once, and only if its call is still the newest. Throws `SyncError` where it is no reply. */
  async receive(call: Call, body: unknown, nowMs: number): Promise<Outcome> {
    const reply: SyncReply = decodeReply(body);
    if (reply.call !== call.number) return { kind: 'late' };
    return this.#inTurn(async () => {
      const newest = this.rules.lateReplies ? call.number : null;
      // Another tab may have kept words about what is erased that this one has not heard of.
      if (tellsOfErased(reply)) await this.#reload();
      const received = receive(this.state, reply, call.sent, this.rules);
      try {
        if (!(await this.disk.commit(received.patch, newest))) return { kind: 'late' };
      } catch (error) {
        if (!(error instanceof DiskFull)) throw error;
        const answers = receiveAnswers(this.state, reply, call.sent, this.rules);
        if (!(await this.disk.commit(answers.patch, newest))) return { kind: 'late' };
        this.#took(answers, reply, call.sentAt, nowMs);
        this.isFull = true;
        return { kind: 'full' };
      }
      this.isFull = false;
      if (reply.transport) await this.setup.sealer?.follow(reply.transport);
      const changed = this.#took(received, reply, call.sentAt, nowMs);
      const { complete, repaired, differing, erased } = received;
      // Another tab may have kept something that this one has not heard of yet: nothing is wiped that was not sent.
      if (reply.wipe) await this.#reload();
      const again = !complete || repaired.length > 0 || this.unsent.some(({ seq }) => !this.batching.isPassed(seq, nowMs));
      return { kind: 'stored', complete, again, wipe: reply.wipe && this.waiting === 0, differing, repaired, changed, erased };
    });
  }

  /** Follows the disk. Returns the records that may look different now. */
  #took(received: Received, reply: SyncReply, sentAtMs: number, nowMs: number): ReadonlySet<string> {
    const changed = changedIds(this.state, received.patch);
    if (received.complete) this.#differ = recordsIn(this.state, received.differing).slice(0, REPORTED);
    applyPatch(this.state, received.patch);
    this.#outbox = new Outbox(this.state.outbox.values());
    this.#calibrate(reply.now, sentAtMs, nowMs);
    this.batching.took();
    if (received.isCloned && this.rules.freshAuthor) {
      this.author = this.setup.newAuthor();
      this.#n = 0;
    }
    this.onchange(changed);
    return changed;
  }

  #calibrate(serverNowMs: number, sentAtMs: number, nowMs: number): void {
    const trip = nowMs - sentAtMs;
    if (trip < 0 || trip >= CALIBRATED_WITHIN_MS) return;
    this.offsetMs = Math.round(serverNowMs + trip / 2 - nowMs);
    this.#last = stepBack(this.#last, { nowMs: nowMs + this.offsetMs });
  }

  /** Takes what the server answered while nobody could open this device. */
  answered(rows: readonly BoxRow[]): Promise<void> {
    return this.#inTurn(async () => {
      if (rows.length > 0) await this.#commit(receiveBoxes(this.state, rows, this.rules));
    });
  }

  /** Resolves when all that was begun is on the disk. */
  settled = (): Promise<unknown> => this.#turn;

  /** The server would not take the body: smaller batches from here, and a single edit that still fails is refused. */
  tooLarge(call: Call): Promise<void> {
    return this.#inTurn(async () => {
      const row = call.sent[0];
      if (call.sent.length > 1) this.batching.halve(call.sent.length);
      else if (row) {
        await this.#commit(refusing(row));
        this.batching.took();
      }
    });
  }

  /** The server broke at a call; says whether a smaller one is to go at once. */
  broke({ sent }: Call, nowMs: number): boolean {
    return this.batching.broke(sent, nowMs);
  }

  /** Takes an edit that needed attention off the list. */
  dismiss(seq: number): Promise<void> {
    return this.#inTurn(() => this.#commit(dismissing(this.state, seq)));
  }

  async #commit(patch: Patch): Promise<void> {
    await this.disk.commit(patch, null);
    const changed = changedIds(this.state, patch);
    applyPatch(this.state, patch);
    this.#outbox = new Outbox(this.state.outbox.values());
    this.onchange(changed);
  }
}
