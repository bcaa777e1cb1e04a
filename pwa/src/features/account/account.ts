/** One's own account as the server tells it, and how its parts act on it. */
export interface KnownPasskey {
  readonly id: string;
  readonly label: string;
  readonly made_at: number;
}

export interface Session {
  readonly id: string;
  readonly is_this: boolean;
  readonly label: string;
  readonly last_contact: number;
}

export interface OwnAccount {
  readonly email: string;
  readonly host: string;
  readonly has_code: boolean;
  readonly recovery_left: number;
  readonly passkeys: readonly KnownPasskey[];
  readonly sessions: readonly Session[];
}

/** Does something, says `done` or what went wrong, and reads the account again. */
export type Act = (work: () => Promise<unknown>, done?: string) => Promise<void>;
