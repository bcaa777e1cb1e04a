/** What the server tells the desk of reminders that left: times and counts. Pure. */

export interface Sent {
  readonly at: number;
  readonly member: string;
  readonly kind: string;
  readonly count: number;
  readonly devices: number;
  readonly accepted: number;
  readonly expired: number;
  readonly gave_up: number;
  readonly needless: number;
  readonly waiting: number;
}

/** Somebody with open promises whom no push and no calendar reaches. */
export interface Unreachable {
  readonly member: string;
  readonly promises: number;
  readonly next_at: number | null;
}

const ENDS = ['accepted', 'waiting', 'expired', 'gave_up', 'needless'] as const;

/** How it ended, on how many devices each; what happened on none is not named. */
export const endedOf = (sent: Sent): { end: (typeof ENDS)[number]; count: number }[] =>
  ENDS.map((end) => ({ end, count: sent[end] })).filter(({ count }) => count > 0);
