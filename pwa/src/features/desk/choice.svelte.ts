/** What the coordinator looked for and opened last: still there on the way back from a case. Gone with the page. */
import { EVERYTHING, type Wanted } from './review.ts';

export const PAGE = 60;

class Choice {
  wanted = $state<Wanted>(EVERYTHING);
  shown = $state(PAGE);
  /** The list as it stood when a case was opened: reviewing one must not make the next one jump away. */
  opened: readonly string[] = [];
  /** The case that was open. */
  last = '';

  want(part: Partial<Wanted>): void {
    this.wanted = { ...this.wanted, ...part };
    this.shown = PAGE;
  }

  more(): void {
    this.shown += PAGE;
  }
}

export const choice = new Choice();
