/** Who may do what, and who may see what: the door to both. Twin of sync/access.py. Vectors: sync/vectors/access.json. */
import { type Actor, type Around, known } from './around.ts';
import { fits } from './constraints.ts';
import type { Edit, SyncRecord } from './edits.ts';
import { KINDS } from './kinds.ts';
import { moveIsLegal, type Seen } from './moves.ts';
import { may } from './rights.ts';

export { type Actor, type Around, type Known, known, links, serviceOf } from './around.ts';
export { audience, hanging, streamsOf } from './audiences.ts';

export type Verdict = 'not_allowed' | 'not_possible' | undefined;

/** What an edit is judged by. `after` is the record with the edit applied, `e` its corrected stamp. */
export interface Case {
  readonly actor: Actor;
  readonly before: SyncRecord | undefined;
  readonly edit: Edit;
  readonly after: SyncRecord;
  readonly e: string;
  readonly around: Around;
  readonly seen: Seen;
}

/** `undefined` where an edit may be applied, else why it is parked. */
export function judge(one: Case): Verdict {
  const { edit, around } = one;
  const event = edit.event ? around.get(edit.event) : undefined;
  if (edit.event && !event && edit.kind !== 'event') return 'not_possible';
  const after = known(one.after);
  const before = one.before && known(one.before);
  if (!may(one, before, after, event)) return 'not_allowed';
  if (Object.hasOwn(edit.set, 'state') && KINDS[edit.kind]?.first?.length && !moveIsLegal(edit, one.seen)) return 'not_possible';
  return fits(before, edit, after, around) ? undefined : 'not_possible';
}
