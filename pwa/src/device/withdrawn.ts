/** Contact data that its person took back (decision 0033). Twin: server/exchange/withdrawn.py. */
import type { Edit, SyncRecord } from '../sync/edits.ts';

const REACH = ['channel', 'value', 'call_me', 'safe_rules'] as const;

/** Whether every word of how to reach somebody was taken back; what was never said is not. */
export const saysNothing = ({ kind, live }: SyncRecord): boolean =>
  kind === 'contact' &&
  REACH.every((name) => {
    const versions = live.get(name) ?? [];
    return versions.length > 0 && versions.every(({ value }) => value === null);
  });

/** Whether an edit tells how to reach somebody. */
export const tellsReach = ({ kind, set }: Edit): boolean => kind === 'contact' && REACH.some((name) => (set[name] ?? null) !== null);
