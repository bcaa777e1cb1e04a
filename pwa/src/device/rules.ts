/** The rules of docs/protocol.md marked ◆ that a device keeps. The simulator switches each off and must see worlds break. */
export interface Rules {
  /** A reply is stored only if its number is still the newest. */
  readonly lateReplies: boolean;
  /** A new epoch makes every kept edit wait again. */
  readonly offerAgain: boolean;
  /** Answered edits go on being folded until a complete reply is stored. */
  readonly foldUntilComplete: boolean;
  /** A complete reading from 0 drops what older rounds brought and this one did not. */
  readonly rounds: boolean;
  /** A record is dropped when no stream holds it any more, not with the first that lets go. */
  readonly membership: boolean;
  /** `over` names what the named waiting edits named. */
  readonly overClosure: boolean;
  /** A new author at every start. */
  readonly freshAuthor: boolean;
  /** A stamp is later than what is on the screen. */
  readonly shownStamp: boolean;
  /** What is erased is forgotten at once, outbox and kept edits too. */
  readonly eraseAtOnce: boolean;
}

export const ALL: Rules = {
  lateReplies: true,
  offerAgain: true,
  foldUntilComplete: true,
  rounds: true,
  membership: true,
  overClosure: true,
  freshAuthor: true,
  shownStamp: true,
  eraseAtOnce: true,
};
