/** What the screens before a device can do; main.ts gives it to them. */
import type { Choosing, Vault } from '../../device/types.ts';

export type Ended =
  | { readonly kind: 'open' | 'erased' | 'cancelled' }
  | { readonly kind: 'wrong'; readonly triesLeft: number; readonly waitMs: number }
  | { readonly kind: 'wait'; readonly waitMs: number };

export interface Ways {
  /** Opens a vault and shows its device. */
  unlock(id: string, secret: string): Promise<Ended>;
  /** Tells how long the next try has to wait, every second while it has to; returns what ends that. */
  countDown(id: string, onleft: (ms: number) => void): () => void;
  /** Takes the code of a link on this tablet. Throws what has a `code`. */
  take(label: string, choosing: Choosing): Promise<void>;
  /** Moves a worker of before vaults in. Throws what has a `code`. */
  move(choosing: Choosing): Promise<void>;
  vaults(): Promise<readonly Vault[]>;
  /** How many edits that were brought here have not left. */
  carried(): Promise<number>;
  /** The edits that have not left any vault, sealed, as a file; anybody may carry it. */
  unsentFile(): Promise<Blob>;
  /** Takes such a file in; resolves how many edits. Throws where it is none. */
  takeFile(text: string): Promise<number>;
  /** Told when something left, or a vault is gone; returns what ends that. */
  watch(onchange: () => void): () => void;
}
