/** A disk in memory, for the simulator and tests: `snapshot` and `restore` are a power cut that lost the last writes. */
import type { Edit } from '../sync/edits.ts';
import { applyPatch, type Disk, type EditRow, emptyState, type Patch, type Some, type State } from './disk.ts';

interface Content extends State {
  seq: number;
}

const copy = (content: Content): Content => ({
  call: content.call,
  seq: content.seq,
  meta: content.meta,
  streams: new Map(content.streams),
  records: new Map(content.records),
  outbox: new Map(content.outbox),
  kept: new Map(content.kept),
  refused: new Map(content.refused),
});

export class MemoryDisk implements Disk {
  #content: Content = { ...emptyState(), seq: 0 };

  snapshot(): unknown {
    return copy(this.#content);
  }

  restore(snapshot: unknown): void {
    this.#content = copy(snapshot as Content);
  }

  async load(): Promise<State> {
    return copy(this.#content);
  }

  async loadSome(ids: readonly string[]): Promise<Some> {
    const content = copy(this.#content);
    return { ...content, records: new Map(ids.map((id) => [id, content.records.get(id) ?? null])) };
  }

  async append(edit: Edit): Promise<EditRow> {
    const seq = ++this.#content.seq;
    const row: EditRow = { seq, edit, ack: '', ackedAt: 0, hidden: false };
    this.#content.outbox.set(seq, row);
    return row;
  }

  async nextCall(): Promise<number> {
    return ++this.#content.call;
  }

  async commit(patch: Patch, call: number | null): Promise<boolean> {
    if (call !== null && call !== this.#content.call) return false;
    applyPatch(this.#content, patch);
    return true;
  }
}
