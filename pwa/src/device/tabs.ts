import type { Standing } from './status.svelte.ts';

/**
 * What the tabs of one device tell each other. `received`: which records changed (`null`: read all again), and how far the clock is
 * off. `again`: what the server broke at is to be tried now. `lost`: the line of the one that carries broke; `stands`: how its last trip ended.
 */
export type Message =
  | { readonly kind: 'written' | 'sync' | 'again' | 'opened' | 'lost' | 'locked' | 'gone' | 'revoked' }
  | { readonly kind: 'received'; readonly ids: readonly string[] | null; readonly offsetMs: number | null }
  | { readonly kind: 'stands'; readonly standing: Standing };
