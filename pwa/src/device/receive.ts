/**
 * What a reply changes: pure. State + reply → patch, which the disk applies in one transaction (docs/protocol.md, One call).
 *
 *     epoch · acks · closed · pages (records, gone) ── if nothing has more: sweep rounds, drop, kept, digests
 */
import { asHex, type Digest, EMPTY, xor } from '../sync/digest.ts';
import type { Edit } from '../sync/edits.ts';
import { ackText, fromWire, parseAck, type StreamPage, type SyncReply } from '../sync/wire.ts';
import { digestOf } from './digests.ts';
import { type EditRow, emptyPatch, type Held, type Patch, type State, type StreamRow } from './disk.ts';
import type { Rules } from './rules.ts';
import type { BoxRow } from './schema.ts';
import { saysNothing, tellsReach } from './withdrawn.ts';

export const KEPT_MS = 30 * 86_400_000;
export const REPAIR_EVERY_MS = 86_400_000;

/** What a reply came to, besides the patch. */
export interface Received {
  readonly patch: Patch;
  readonly complete: boolean;
  /** Edits were answered `clone`: another copy of this device writes under the same author. */
  readonly isCloned: boolean;
  /** Streams whose digest is not the server's, and may not be read again today. */
  readonly differing: readonly string[];
  /** Streams that are being read from 0 again because of their digest. */
  readonly repaired: readonly string[];
  /** Records that were erased. */
  readonly erased: ReadonlySet<string>;
}

export function receive(state: State, reply: SyncReply, sent: readonly EditRow[], rules: Rules): Received {
  return new Reception(state, reply, rules).run(sent);
}

/** The answers of a reply alone, where there is no room for its pages: they are asked for again, the edits need not go again. */
export function receiveAnswers(state: State, reply: SyncReply, sent: readonly EditRow[], rules: Rules): Received {
  return new Reception(state, reply, rules).answers(sent);
}

/** Whether a reply brings news of something erased. */
export const tellsOfErased = (reply: SyncReply): boolean =>
  Object.values(reply.streams).some((page) => page.gone?.some(([, why]) => why === 'erased'));

/** The answers that came to boxes while their vault was locked, each at its own time. */
export function receiveBoxes(state: State, rows: readonly BoxRow[], rules: Rules): Patch {
  const reception = new Reception(state, { ...NO_REPLY, epoch: state.meta.epoch }, rules);
  return reception.boxes(rows);
}

const NO_REPLY: SyncReply = { protocol: 0, epoch: '', call: 0, now: 0, acks: [], streams: {}, closed: [], wipe: false };

class Reception {
  readonly patch = emptyPatch();
  readonly state: State;
  readonly reply: SyncReply;
  readonly rules: Rules;
  readonly #erased = new Set<string>();
  #isBehind = false;

  constructor(state: State, reply: SyncReply, rules: Rules) {
    this.state = state;
    this.reply = reply;
    this.rules = rules;
  }

  run(sent: readonly EditRow[]): Received {
    const { reply } = this;
    const answered = this.answers(sent);
    for (const name of reply.closed) this.#close(name);
    for (const [name, page] of Object.entries(reply.streams)) this.#page(name, page);
    if (this.#isBehind) this.#offerAgain();
    if (this.rules.eraseAtOnce) this.#forgetErased();
    const complete = Object.values(reply.streams).every((page) => !page.more);
    return complete ? { ...answered, complete, ...this.#complete() } : answered;
  }

  answers(sent: readonly EditRow[]): Received {
    if (this.reply.epoch !== this.state.meta.epoch) this.#startEpoch();
    let isCloned = false;
    this.reply.acks.forEach((parts, i) => {
      const row = sent[i];
      if (row) isCloned = this.#answer(row, parts, this.reply.now) || isCloned;
    });
    if (this.rules.eraseAtOnce) this.#forgetErased();
    return { patch: this.patch, complete: false, isCloned, differing: [], repaired: [], erased: this.#erased };
  }

  boxes(rows: readonly BoxRow[]): Patch {
    for (const { seq, ack, ackedAt } of rows) {
      const row = this.state.outbox.get(seq);
      if (row?.ack === '') this.#answer(row, ack.split(' '), ackedAt);
    }
    if (this.rules.eraseAtOnce) this.#forgetErased();
    return this.patch;
  }

  /** Another numbering: cursors go, and whatever was ever answered waits again, in its old order. */
  #startEpoch(): void {
    const { state, patch, reply } = this;
    const isFirst = state.meta.epoch === '';
    patch.meta = { ...state.meta, epoch: reply.epoch };
    for (const stream of state.streams.values()) patch.streams.set(stream.name, { ...stream, cursor: 0 });
    if (!isFirst && this.rules.offerAgain) this.#offerAgain();
  }

  /** Whatever was answered before this reply waits again. */
  #offerAgain(): void {
    for (const row of this.state.kept.values()) this.#waitAgain(row);
    for (const row of this.state.outbox.values()) if (row.ack !== '') this.patch.outbox.set(row.seq, { ...row, ack: '', ackedAt: 0 });
  }

  #waitAgain(row: EditRow): void {
    this.patch.kept.set(row.seq, null);
    // What has left this device since is sent again, not shown again.
    const hidden = row.hidden || !this.#held(row.edit.id);
    this.patch.outbox.set(row.seq, { ...row, ack: '', ackedAt: 0, hidden });
  }

  /** Returns whether the answer says that another device writes under this author. */
  #answer(row: EditRow, parts: readonly string[], nowMs: number): boolean {
    const ack = parseAck(parts);
    const answered: EditRow = { ...row, ack: ackText(parts), ackedAt: nowMs };
    switch (ack.kind) {
      case 'ok':
      case 'repeat':
        this.patch.outbox.set(row.seq, answered);
        return false;
      case 'parked':
        this.patch.outbox.set(row.seq, null);
        this.patch.kept.set(row.seq, answered);
        return ack.code === 'clone';
      case 'refused':
        this.patch.outbox.set(row.seq, null);
        this.patch.refused.set(row.seq, answered);
        return false;
      case 'erased':
        this.patch.outbox.set(row.seq, null);
        this.#erased.add(row.edit.id);
        return false;
    }
  }

  #close(name: string): void {
    this.patch.streams.set(name, null);
    for (const [id, held] of this.state.records) if (held.streams.has(name)) this.#takeAway(id, name);
  }

  #held(id: string): Held | undefined {
    const changed = this.patch.records.get(id);
    return changed === undefined ? this.state.records.get(id) : (changed ?? undefined);
  }

  #takeAway(id: string, name: string): void {
    const held = this.#held(id);
    if (!held?.streams.has(name)) return;
    const streams = this.rules.membership ? new Map(held.streams) : new Map<string, number>();
    streams.delete(name);
    this.patch.records.set(id, { ...held, streams });
  }

  #stream(name: string): StreamRow {
    const changed = this.patch.streams.get(name);
    return (changed === undefined ? this.state.streams.get(name) : changed) ?? { name, cursor: 0, round: 0 };
  }

  #page(name: string, page: StreamPage): void {
    const before = this.#stream(name);
    const round = page.from === 0 ? before.round + 1 : before.round;
    // The server has not come as far as it once told: it is an older copy, and nobody told it so.
    if (page.from === 0 && before.cursor > 0) this.#isBehind = true;
    for (const wire of page.records ?? []) {
      const streams = new Map(this.#held(wire.id)?.streams).set(name, round);
      this.patch.records.set(wire.id, { wire, record: fromWire(wire), streams });
    }
    for (const [id, why] of page.gone ?? []) {
      this.#takeAway(id, name);
      // A frozen issue stays at the desk; what was written about it here goes all the same.
      if (why === 'erased') this.#erased.add(id);
    }
    this.patch.streams.set(name, { name, cursor: page.at, round });
  }

  #forgetErased(): void {
    const { state, patch } = this;
    for (const id of this.#erased) {
      const held = this.#held(id);
      if (held && !held.record.erased) patch.records.set(id, null);
    }
    const isErased = (edit: Edit): boolean => this.#erased.has(edit.id);
    for (const store of ['outbox', 'kept', 'refused'] as const) {
      for (const row of state[store].values()) if (isErased(row.edit)) patch[store].set(row.seq, null);
      for (const [seq, row] of patch[store]) if (row && isErased(row.edit)) patch[store].set(seq, null);
    }
  }

  #complete(): Pick<Received, 'differing' | 'repaired'> {
    const { state, patch, rules } = this;
    patch.meta = { ...(patch.meta ?? state.meta), syncedAt: this.reply.now };
    if (rules.rounds) this.#sweep();
    const dropped = new Set<string>();
    for (const [id, held] of this.#all()) if (held.streams.size === 0) dropped.add(id);
    for (const id of dropped) patch.records.set(id, null);
    for (const row of this.#rows('outbox')) {
      if (row.ack === 'ok') {
        patch.outbox.set(row.seq, null);
        patch.kept.set(row.seq, row);
        continue;
      }
      const hidden = dropped.has(row.edit.id) || (row.hidden && !this.#held(row.edit.id)); // or it came back
      if (hidden !== row.hidden) patch.outbox.set(row.seq, { ...row, hidden });
    }
    this.#forgetTakenBack();
    for (const row of state.kept.values()) {
      if (row.ackedAt + KEPT_MS < this.reply.now && patch.kept.get(row.seq) === undefined) patch.kept.set(row.seq, null);
    }
    return this.#compare();
  }

  /** How to reach somebody is not offered again after they took it back; that they did is. */
  #forgetTakenBack(): void {
    for (const row of this.#rows('kept')) {
      const held = tellsReach(row.edit) && row.ack === 'ok' ? this.#held(row.edit.id) : undefined;
      if (held && saysNothing(held.record)) this.patch.kept.set(row.seq, null);
    }
  }

  /** A stream read from 0 to its end holds what this round brought, and nothing of older ones. */
  #sweep(): void {
    for (const name of Object.keys(this.reply.streams)) {
      const { round } = this.#stream(name);
      for (const [id, held] of this.#all()) if ((held.streams.get(name) ?? round) < round) this.#takeAway(id, name);
    }
  }

  #compare(): Pick<Received, 'differing' | 'repaired'> {
    const { reply, patch, state } = this;
    const totals = new Map<string, Digest>();
    for (const [, held] of this.#all()) {
      const digest = digestOf(held.record);
      for (const name of held.streams.keys()) totals.set(name, xor(totals.get(name) ?? EMPTY, digest));
    }
    const differing = Object.entries(reply.streams)
      .filter(([name, page]) => page.digest !== undefined && page.digest !== asHex(totals.get(name) ?? EMPTY))
      .map(([name]) => name);
    if (differing.length === 0 || state.meta.repairedAt + REPAIR_EVERY_MS > reply.now) return { differing, repaired: [] };
    patch.meta = { ...(patch.meta ?? state.meta), repairedAt: reply.now };
    for (const name of differing) patch.streams.set(name, { ...this.#stream(name), cursor: 0 });
    for (const row of this.#rows('kept')) this.#waitAgain(row);
    return { differing: [], repaired: differing };
  }

  *#all(): Generator<[string, Held]> {
    for (const [id, held] of this.state.records) {
      const changed = this.patch.records.get(id);
      if (changed !== null) yield [id, changed ?? held];
    }
    for (const [id, held] of this.patch.records) if (held && !this.state.records.has(id)) yield [id, held];
  }

  #rows(store: 'outbox' | 'kept'): EditRow[] {
    const rows = new Map<number, EditRow | null>([...this.state[store], ...this.patch[store]]);
    return [...rows.values()].filter((row) => row !== null);
  }
}
