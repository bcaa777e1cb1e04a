/** Whose a vault is, and with which key its edits are signed: kept sealed in it. Nothing of it stands in clear. */
import type { TransportKey } from '../../sync/wire.ts';
import type { Codec } from '../codec.ts';
import type { Boxer } from '../db.ts';
import { call } from '../http.ts';
import type { Box, Database } from '../schema.ts';
import type { Me } from '../types.ts';
import { Sessions, sealing } from './session.ts';

export interface Membership {
  readonly me: Me;
  /** The member's private key on this device; `null` where none was registered: edits then wait for their worker. */
  readonly signing: JsonWebKey | null;
  /** What edits are sealed to. */
  readonly transport: TransportKey | null;
  /** What the server has to hear before edits can be sealed: of a tablet of before vaults. */
  readonly unregistered?: Unregistered;
}

/** A key and tokens that the server does not know yet; kept before they are told. */
export interface Unregistered {
  readonly member_key: string;
  readonly token: string;
  readonly courier: string;
}

const NAME = 'membership';
const KEY = 'signing'; // until the server said whose the vault is
const SIGNS = { name: 'ECDSA', namedCurve: 'P-256' };

export const sealMembership = async (codec: Codec, membership: Membership): Promise<{ name: string; sealed: Uint8Array<ArrayBuffer> }> => ({
  name: NAME,
  sealed: await codec.seal('meta', NAME, membership),
});

/** The member's private key of a vault that is nobody's yet. */
export const sealSigning = async (codec: Codec, signing: JsonWebKey): Promise<{ name: string; sealed: Uint8Array<ArrayBuffer> }> => ({
  name: KEY,
  sealed: await codec.seal('meta', KEY, signing),
});

/** Whose a vault is from now on; its key is kept with it. */
export async function keepMembership(db: Database, codec: Codec, membership: Membership): Promise<void> {
  const row = await sealMembership(codec, membership);
  await db.transaction('rw', db.meta, async () => {
    await db.meta.put(row);
    await db.meta.delete(KEY);
  });
}

/**
 * Whose a vault is; the first time, the server says so. Throws `ApiError` where it would have to and cannot be asked, also where the
 * row was tampered with.
 */
export async function membershipIn(db: Database, codec: Codec, token: string): Promise<Membership> {
  const row = await db.meta.get(NAME);
  try {
    if (row) return await codec.open<Membership>('meta', NAME, row.sealed);
  } catch (error) {
    console.error('membership', error);
  }
  const { transport = null, ...me } = await call<Me & { transport?: TransportKey }>('GET', '/api/me', undefined, token);
  const made = await db.meta.get(KEY);
  const signing = made ? await codec.open<JsonWebKey>('meta', KEY, made.sealed).catch(() => null) : null;
  const membership: Membership = { me, signing, transport };
  await keepMembership(db, codec, membership);
  return membership;
}

/** Seals a vault's edits to the server, and follows the server's key. */
export class Sealer {
  readonly #db: Database;
  readonly #codec: Codec;
  readonly #signing: Promise<CryptoKey> | null;
  readonly #sessions: Sessions;
  #membership: Membership;

  constructor(db: Database, codec: Codec, membership: Membership) {
    this.#db = db;
    this.#codec = codec;
    this.#sessions = new Sessions(db, codec);
    this.#membership = membership;
    const { signing } = membership;
    this.#signing = signing && crypto.subtle.importKey('jwk', signing, SIGNS, false, ['sign']);
  }

  /** The id of the key that edits are sealed to; '' where there is none yet. */
  get transport(): string {
    return this.#membership.transport?.id ?? '';
  }

  /** What the server must be told first. */
  get unregistered(): Unregistered | undefined {
    return this.#membership.unregistered;
  }

  /** `null` where it cannot be sealed now: it is kept all the same, and sealed before the next trip. */
  readonly box: Boxer = async (edit) => {
    const { transport, me, unregistered } = this.#membership;
    try {
      const signing = await this.#signing;
      if (!transport || !signing || unregistered) return null;
      const session = await this.#sessions.of({ transport, member: me.member, signing }, Date.now());
      const { sealEdit } = await sealing();
      return await sealEdit(edit, session);
    } catch (error) {
      console.error('seal', error);
      this.#sessions.forget();
      return null;
    }
  };

  /** Whether an edit's box is missing, or of a key that is not the server's newest. */
  isStale(box: Box | undefined): boolean {
    return this.transport !== '' && box?.key !== this.transport;
  }

  /** From now on edits are sealed to another key. */
  async follow(transport: TransportKey): Promise<void> {
    await this.#become({ ...this.#membership, transport });
  }

  /** The server knows this vault. */
  async registered(transport: TransportKey): Promise<void> {
    const { unregistered: _, ...known } = this.#membership;
    await this.#become({ ...known, transport });
  }

  /** Whose it is, as the server knows them by now; where there is no room for it, the next time. */
  async knownAs(me: Me): Promise<void> {
    if (JSON.stringify(me) === JSON.stringify(this.#membership.me)) return;
    await this.#become({ ...this.#membership, me }).catch((error: unknown) => console.error('membership', error));
  }

  async #become(membership: Membership): Promise<void> {
    this.#membership = membership;
    await this.#db.meta.put(await sealMembership(this.#codec, membership));
  }
}
