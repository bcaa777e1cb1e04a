/**
 * The session that a vault's edits are sealed in: for a day, however often the vault is locked. Kept as the member's key is, sealed by
 * the vault's own, and worth less than that: it writes nothing that a new session could not.
 */
import type { Codec } from '../codec.ts';
import type { Database } from '../schema.ts';
import type { KeptSession, SealKeys, Session } from '../seal.ts';

const NAME = 'session';
const LASTS_MS = 24 * 3600_000;

interface Row extends KeptSession {
  readonly openedAt: number;
}

interface Current {
  readonly row: Row;
  readonly session: Session;
}

export class Sessions {
  readonly #db: Database;
  readonly #codec: Codec;
  #current: Promise<Current> | undefined;

  constructor(db: Database, codec: Codec) {
    this.#db = db;
    this.#codec = codec;
  }

  /** The session to a transport key, of a member; a fresh one where there is none of today. */
  async of(keys: SealKeys, nowMs: number): Promise<Session> {
    // Two edits that are kept at once share the first look at the disk.
    this.#current ??= begun(this.#kept(keys, nowMs));
    const current = await this.#current;
    if (fits(current.row, keys, nowMs)) return current.session;
    this.#current = begun(this.#fresh(keys, nowMs));
    return (await this.#current).session;
  }

  /** What is in memory is not to be relied on. */
  forget(): void {
    this.#current = undefined;
  }

  async #kept(keys: SealKeys, nowMs: number): Promise<Row> {
    try {
      const row = await this.#db.meta.get(NAME);
      const kept = row && (await this.#codec.open<Row>('meta', NAME, row.sealed));
      if (kept && fits(kept, keys, nowMs)) return kept;
    } catch (error) {
      console.error('session', error); // somebody changed the row
    }
    return this.#fresh(keys, nowMs);
  }

  async #fresh(keys: SealKeys, nowMs: number): Promise<Row> {
    const { openSession } = await sealing();
    const row = { ...(await openSession(keys)), openedAt: nowMs };
    const sealed = await this.#codec.seal('meta', NAME, row);
    // Where there is no room, the next start opens another.
    await this.#db.meta.put({ name: NAME, sealed }).catch((error: unknown) => console.error('session', error));
    return row;
  }
}

async function begun(found: Promise<Row>): Promise<Current> {
  const row = await found;
  return { row, session: await (await sealing()).sessionOf(row) };
}

// Neither of yesterday nor, after a clock was set, of tomorrow.
const fits = ({ transport, member, openedAt }: Row, keys: SealKeys, nowMs: number): boolean =>
  transport === keys.transport.id && member === keys.member && openedAt <= nowMs && nowMs < openedAt + LASTS_MS;

/** Loaded when a vault opens: an edit that is kept waits for nothing. */
export const sealing = (): Promise<typeof import('../seal.ts')> => import('../seal.ts');
