/** What goes in and out of the core (core.ts): its setting, a call on its way, and how a reply was taken. */
import type { SyncRequest, TransportKey } from '../sync/wire.ts';
import type { EditRow } from './disk.ts';
import type { Rules } from './rules.ts';

export interface Setup {
  readonly member: string;
  readonly newAuthor: () => string;
  readonly app?: string;
  readonly rules?: Rules;
  /** Whether the browser promised to keep what lies here. */
  readonly persisted?: () => boolean | null;
  /** Whom edits are sealed to: told the server's newer key. */
  readonly sealer?: { readonly transport: string; follow(transport: TransportKey): Promise<void> };
}

/** One call on its way: what was asked, and which edits it carries. */
export interface Call {
  readonly request: SyncRequest;
  readonly number: number;
  readonly sent: readonly EditRow[];
  readonly sentAt: number;
}

/**
 * How a reply was taken.
 *
 *     late     another call was newer: thrown away whole, its edits go again
 *     full     no room for what it brought; its answers are kept
 *     stored   `again`: there is more to ask at once; `wipe`: this device is revoked and has nothing left to say
 */
export type Outcome =
  | { readonly kind: 'late' }
  | { readonly kind: 'full' }
  | {
      readonly kind: 'stored';
      readonly complete: boolean;
      readonly again: boolean;
      readonly wipe: boolean;
      readonly differing: readonly string[];
      /** Streams that are read from 0 again because of their digest. */
      readonly repaired: readonly string[];
      readonly changed: ReadonlySet<string>;
      readonly erased: ReadonlySet<string>;
    };
