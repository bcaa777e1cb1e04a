/** The half-filled forms of the people screen: what their drafts are called. */
import type { Drafts } from '../../device/types.ts';

const PREFIX = 'member/';
const NEW = 'new';

export const draftOf = (member = NEW): string => PREFIX + member;

/** Those whom somebody was in the middle of changing. */
export const halfChanged = (drafts: Pick<Drafts, 'under'>): string[] =>
  drafts
    .under(PREFIX)
    .map(([key]) => key.slice(PREFIX.length))
    .filter((id) => id !== NEW);
