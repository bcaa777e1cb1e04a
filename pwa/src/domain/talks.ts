/** Talks and what was told in them. */
import type { Records, Shown } from '../device/types.ts';

/** The issues of a talk, in the order they were told. */
export const issuesOf = (records: Records, visit: string): Shown[] =>
  records
    .naming(visit)
    .filter((one) => one.kind === 'issue' && one.view.deleted !== true)
    .toSorted((one, two) => one.made - two.made);
