/** Whose a vault is, and with which key its edits are signed: kept sealed in it. Nothing of it stands in clear. */
import type { TransportKey } from '../../sync/wire.ts';
import type { Codec } from '../codec.ts';
import type { Boxer } from '../db.ts';
import { call } from '../http.ts';
import type { Database } from '../schema.ts';
import { sealEdit } from '../seal.ts';
import type { Me } from '../types.ts';

export interface Membership {
  readonly me: Me;
  /** The member's private key on this device; `null` where none was registered: edits then wait for their worker. */
  readonly signing: JsonWebKey | null;
  /** What edits are sealed to. */
  readonly transport: TransportKey | null;
}

const NAME = 'membership';
const SIGNS = { name: 'ECDSA', namedCurve: 'P-256' };

export const sealMembership = async (codec: Codec, membership: Membership): Promise<{ name: string; sealed: Uint8Array<ArrayBuffer> }> => ({
  name: NAME,
  sealed: await codec.seal('meta', NAME, membership),
});

/** Throws `ApiError` where the row was tampered with and the server cannot be asked instead. */
export async function membershipIn(db: Database, codec: Codec, token: string): Promise<Membership> {
  const row = await db.meta.get(NAME);
  try {
    if (row) return await codec.open<Membership>('meta', NAME, row.sealed);
  } catch (error) {
    console.error('membership', error);
  }
  const { transport = null, ...me } = await call<Me & { transport?: TransportKey }>('GET', '/api/me', undefined, token);
  const membership: Membership = { me, signing: null, transport };
  await db.meta.put(await sealMembership(codec, membership));
  return membership;
}

/** Seals a vault's edits to the server, and follows the server's key. */
export class Sealer {
  readonly #db: Database;
  readonly #codec: Codec;
  readonly #signing: Promise<CryptoKey> | null;
  #membership: Membership;

  constructor(db: Database, codec: Codec, membership: Membership) {
    this.#db = db;
    this.#codec = codec;
    this.#membership = membership;
    const { signing } = membership;
    this.#signing = signing && crypto.subtle.importKey('jwk', signing, SIGNS, false, ['sign']);
  }

  /** The id of the key that edits are sealed to; '' where there is none yet. */
  get transport(): string {
    return this.#membership.transport?.id ?? '';
  }

  readonly box: Boxer = async (edit) => {
    const { transport, me } = this.#membership;
    const signing = await this.#signing;
    return transport && signing ? sealEdit(edit, { transport, member: me.member, signing }) : null;
  };

  /** From now on edits are sealed to another key. */
  async follow(transport: TransportKey): Promise<void> {
    this.#membership = { ...this.#membership, transport };
    await this.#db.meta.put(await sealMembership(this.#codec, this.#membership));
  }
}
