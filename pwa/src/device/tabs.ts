/** What the tabs of one device tell each other. `received`: which records changed (`null`: read all again), and how far the clock is off. */
export type Message =
  | { readonly kind: 'written' | 'sync' | 'opened' | 'locked' | 'gone' | 'revoked' }
  | { readonly kind: 'received'; readonly ids: readonly string[] | null; readonly offsetMs: number | null };
