/** What a device is opened with: whose it is, where it is kept, and what seals it. */
import type { Codec } from './codec.ts';
import type { Pass } from './http.ts';
import type { Database } from './schema.ts';
import type { Me, Reminders } from './types.ts';
import type { Sealer } from './vault/membership.ts';

export interface Opened {
  readonly me: Me;
  /** As it is now. */
  readonly token: () => Pass;
  readonly db: Database;
  readonly codec: Codec;
  readonly reminders: Reminders;
  /** Seals edits to the server, so that they can leave while the vault is locked. */
  readonly sealer?: Sealer;
  /** The id of the vault; `null` at the desk. */
  readonly vault: string | null;
  /** What the server must hear before a trip. */
  readonly settle?: () => Promise<void>;
  /** Told that the server was heard; whether all that may be read came. */
  readonly heard?: (isWhole: boolean) => Promise<void>;
  /** What was read here was dropped: nobody had heard of this tablet for too long. */
  readonly isEmptied?: boolean;
  /** How many edits of other coordinators wait in this browser. */
  readonly others?: number;
  /** Forgets whose this was, when all was sent or handed over. */
  forget(): Promise<void>;
}
