/** Changes that a device makes by itself, without a reply. */
import { type EditRow, emptyPatch, type Patch, type State } from './disk.ts';

/** An edit that the server will never take. */
export function refusing(row: EditRow): Patch {
  const patch = emptyPatch();
  patch.outbox.set(row.seq, null);
  patch.refused.set(row.seq, { ...row, ack: 'refused bad_value' });
  return patch;
}

/** An edit that needed attention, off the list. */
export function dismissing({ kept }: State, seq: number): Patch {
  const patch = emptyPatch();
  const row = kept.get(seq);
  if (row) patch.kept.set(seq, { ...row, ack: `${row.ack} seen` });
  patch.refused.set(seq, null);
  return patch;
}

/** Whatever the server has too. */
export function evicting({ records, streams }: State): Patch {
  const patch = emptyPatch();
  for (const id of records.keys()) patch.records.set(id, null);
  for (const name of streams.keys()) patch.streams.set(name, null);
  return patch;
}
