/** What the coordinator looked for and opened last: still there on the way back from a case, and most of it after a reload. */
import { hashOf, type Wanted, wantedIn } from './review.ts';

export const PAGE = 60;

class Choice {
  wanted = $state<Wanted>(wantedIn(location.hash));
  shown = $state(PAGE);
  /** The list as it stood when a case was opened: reviewing one must not make the next one jump away. */
  opened: readonly string[] = [];
  /** The case that was open. */
  last = '';

  want(part: Partial<Wanted>): void {
    this.wanted = { ...this.wanted, ...part };
    this.shown = PAGE;
    this.write();
  }

  /** Puts what is wanted into the address of the list. */
  write(): void {
    history.replaceState(history.state, '', `${location.pathname}${hashOf(this.wanted)}`);
  }

  more(): void {
    this.shown += PAGE;
  }
}

export const choice = new Choice();
