/** Which records a patch or a stream is about: pure. */
import type { Patch, State } from './disk.ts';

/** The records that may look different after a patch; `state` is as it was before. */
export function changedIds(state: State, patch: Patch): Set<string> {
  const changed = new Set(patch.records.keys());
  for (const store of ['outbox', 'kept', 'refused'] as const) {
    for (const [seq, row] of patch[store]) {
      const id = (row ?? state[store].get(seq))?.edit.id;
      if (id) changed.add(id);
    }
  }
  return changed;
}

/** The records that any of some streams holds. */
export function recordsIn({ records }: State, streams: readonly string[]): string[] {
  if (streams.length === 0) return [];
  return [...records].filter(([, one]) => streams.some((name) => one.streams.has(name))).map(([id]) => id);
}
