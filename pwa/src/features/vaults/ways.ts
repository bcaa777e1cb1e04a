/** What the screens before a device can do; main.ts gives it to them. */
import type { Choosing, Looked, Standing, Unfit, Vault } from '../../device/types.ts';

export type Ended =
  | { readonly kind: 'open' | 'erased' | 'cancelled' }
  | { readonly kind: 'wrong'; readonly triesLeft: number; readonly waitMs: number }
  | { readonly kind: 'wait'; readonly waitMs: number };

export interface Ways {
  /** Opens a vault and shows its device. */
  unlock(id: string, secret: string): Promise<Ended>;
  /** Tells how long the next try has to wait, every second while it has to; returns what ends that. */
  countDown(id: string, onleft: (ms: number) => void): () => void;
  /** Whether the link that was opened works; it is not used up. */
  look(): Promise<Looked>;
  /**
   * Takes the code of a link on this tablet; resolves with its four words where it waits for a coordinator from then on.
   * Throws what has a `code`.
   */
  take(label: string, language: string, choosing: Choosing): Promise<readonly string[] | null>;
  /** Why nobody should begin here; `null` where nothing speaks against it. */
  unfit(): Promise<Unfit | null>;
  /** How it stands with what waits here; `open`: its device is shown. Throws what has a `code`. */
  standing(): Promise<Standing | 'open' | null>;
  /** Waits no more. */
  giveUp(): Promise<void>;
  /** What the first QR says that the camera sees; `null` where `signal` was first. Throws what has a `code`. */
  scan(video: HTMLVideoElement, signal: AbortSignal): Promise<string | null>;
  /** Follows the link of a QR; whether it is one of this server's for a tablet. */
  follow(text: string): boolean;
  /** Moves a worker of before vaults in. Throws what has a `code`. */
  move(choosing: Choosing): Promise<void>;
  vaults(): Promise<readonly Vault[]>;
  /** Whether a vault was ended from afar while this page looked on. */
  isAnyGone(): boolean;
  /** How many edits that were brought here have not left. */
  carried(): Promise<number>;
  /** How many of them the server would not take. */
  refused(): Promise<number>;
  /** The edits that have not left any vault, sealed, as a file; anybody may carry it. */
  unsentFile(): Promise<Blob>;
  /** Takes such a file in; resolves how many edits. Throws where it is none. */
  takeFile(text: string): Promise<number>;
  /** Told when something left, or a vault is gone; returns what ends that. */
  watch(onchange: () => void): () => void;
}
