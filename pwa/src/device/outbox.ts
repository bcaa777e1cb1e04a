/** The edits in the outbox as the core reads them: per record, and in the order in which they were written. */
import type { Edit } from '../sync/edits.ts';
import type { EditRow } from './disk.ts';

export class Outbox {
  readonly #rows: EditRow[] = [];
  readonly #byRecord = new Map<string, EditRow[]>();

  constructor(rows: Iterable<EditRow>) {
    for (const row of [...rows].sort((one, two) => one.seq - two.seq)) this.add(row);
  }

  /** Puts an edit behind all others. */
  add(row: EditRow): void {
    this.#rows.push(row);
    const list = this.#byRecord.get(row.edit.id);
    if (list) list.push(row);
    else this.#byRecord.set(row.edit.id, [row]);
  }

  /** The edits of a record, answered or not. */
  of(id: string): readonly EditRow[] {
    return this.#byRecord.get(id) ?? [];
  }

  /** The records that have edits here. */
  ids(): Iterable<string> {
    return this.#byRecord.keys();
  }

  /** The edits that the server has not answered, oldest first. */
  get unsent(): EditRow[] {
    return this.#rows.filter((row) => row.ack === '');
  }

  /** The oldest of these that fit in one call, but for those that are passed over; at least one where there is any. */
  batch({ edits, bytes }: { edits: number; bytes: number }, isPassed: (seq: number) => boolean = () => false): EditRow[] {
    const batch: EditRow[] = [];
    let size = 0;
    for (const row of this.unsent) {
      if (isPassed(row.seq)) continue;
      size += JSON.stringify(row.edit).length * 2; // a cautious guess of its UTF-8; a call that is too large is halved
      if (batch.length >= edits || (batch.length > 0 && size > bytes)) break;
      batch.push(row);
    }
    return batch;
  }
}

/** An edit as it travels: what is empty stays at home, so that both sides write the same bytes. */
export function forWire(edit: Edit): object {
  const { event, over, u, ...rest } = edit;
  return { ...rest, ...(event ? { event } : {}), ...(Object.keys(over).length > 0 ? { over } : {}), ...(u ? { u } : {}) };
}
