/**
 * By what a vault is known to the server: a token that reads, sealed; one that only brings boxes, in clear.
 *
 *     moved in ── POST /api/me/vault {member_key, token, courier} ──→ known: edits are sealed from here, and leave while it is locked
 *
 * A tablet of before vaults made all three when it moved in, and keeps them until the server has heard of them: a reply that is
 * lost locks nobody out. The token that lay in clear until then is worth nothing afterwards.
 */

import type { TransportKey } from '../../sync/wire.ts';
import { toBase64 } from '../base64.ts';
import type { Codec } from '../codec.ts';
import { answerIn, codeOf, type Reply, send } from '../http.ts';
import type { Me } from '../types.ts';
import { randomBytes } from './bytes.ts';
import { changeVault, type VaultRow } from './clear.ts';
import { publicText } from './memberkey.ts';
import type { Sealer, Unregistered } from './membership.ts';

const newToken = (): string => toBase64(randomBytes(32));

/** What the server is told of a vault that moved in. */
export const unregisteredOf = async (pair: CryptoKeyPair): Promise<Unregistered> => ({
  member_key: await publicText(pair),
  token: newToken(),
  courier: newToken(),
});

export const sealToken = (codec: Codec, token: string): Promise<Uint8Array<ArrayBuffer>> => codec.seal('vault', 'token', token);

/** '' where somebody changed it on the disk: nothing is read any more then; what was written leaves by the courier. */
export const openToken = (codec: Codec, { token }: VaultRow): Promise<string> =>
  codec.open<string>('vault', 'token', token).catch((error: unknown) => {
    console.error('token', error);
    return '';
  });

export class Credentials {
  token: string;
  readonly #vault: string;
  readonly #codec: Codec;
  readonly #sealer: Sealer;

  constructor(vault: string, codec: Codec, token: string, sealer: Sealer) {
    this.#vault = vault;
    this.#codec = codec;
    this.token = token;
    this.#sealer = sealer;
  }

  /** Tells the server of a vault that moved in. Where it cannot be told, edits go on leaving as before vaults, while it is open. */
  async settle(): Promise<void> {
    const fresh = this.#sealer.unregistered;
    if (!fresh) return;
    let reply = await this.#tell(fresh, this.token);
    // An answer that was lost, or that another tab had: the server knows the new token by now.
    if (reply.kind === 'answered' && reply.status === 401 && codeOf(reply) === 'signed_out') reply = await this.#tell(fresh, fresh.token);
    const told = answerIn<Me & { readonly transport: TransportKey }>(reply, 'POST', '/api/me/vault');
    if (!told) return;
    this.token = fresh.token;
    // First what the next start needs; stopped in between, the same is told once more.
    const token = await sealToken(this.#codec, fresh.token);
    await changeVault(this.#vault, (row) => ({ ...row, courier: fresh.courier, token }));
    await this.#sealer.registered(told.transport);
  }

  #tell(fresh: Unregistered, token: string): Promise<Reply> {
    return send('POST', '/api/me/vault', fresh, token);
  }
}
