/** What the desk asks about what somebody wrote. */
import type { Records, Shown } from '../device/types.ts';

/** A question and what was said about it, in the order it was said. */
export interface Asked {
  readonly issue: Shown;
  readonly remarks: readonly Shown[];
}

/** The questions to a member that have no answer of theirs yet. */
export const questionsTo = (records: Records, member: string): Asked[] =>
  records
    .all('issue')
    .filter((issue) => issue.author === member && issue.view.review === 'question')
    .map((issue) => {
      const remarks = records.naming(issue.id).filter((one) => one.kind === 'remark');
      return { issue, remarks: remarks.toSorted((one, two) => one.made - two.made) };
    })
    .filter(({ remarks }) => remarks.length > 0 && remarks.at(-1)?.author !== member);
