/** How a field for a card uses the camera; the words and the cards come from whoever shows it. */
export interface Face {
  readonly animal: string;
  readonly number: string;
}

export interface Scan {
  /** Resolves with what the first QR says; `null` where `signal` was first. Throws what has a `code`. */
  readonly look: (video: HTMLVideoElement, signal: AbortSignal) => Promise<string | null>;
  /** The card with this code, or in words why there is none. */
  readonly read: (text: string) => Promise<Face | string>;
  readonly failed: (code: string) => string;
  readonly seen: (face: Face) => string;
  readonly words: { readonly begin: string; readonly hint: string; readonly stop: string };
}
