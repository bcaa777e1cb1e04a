/**
 * A worker takes a one-time code on this tablet.
 *
 *     lock chosen ─→ a vault that waits, with its key and tokens in it ─→ the server is asked ─┬─ confirmed ─→ it is its worker's
 *                                                                                              └─ waiting ─→ four words (standing.ts)
 *
 * Everything is on the disk before the server is asked: a reply that is lost, a reload or an empty battery loses nobody's code.
 */
import type { TransportKey } from '../sync/wire.ts';
import { toBase64 } from './base64.ts';
import type { Codec } from './codec.ts';
import type { OpenDevice } from './device.svelte.ts';
import { made, opened } from './entry.ts';
import { fourWords, hashOf } from './fourwords.ts';
import { ApiError, call } from './http.ts';
import { Database } from './schema.ts';
import { confirm, dropWaiting } from './standing.ts';
import type { Choosing, Me } from './types.ts';
import { randomBytes, utf8 } from './vault/bytes.ts';
import { databaseOf, tabletHere, type VaultRow } from './vault/clear.ts';
import { sealToken } from './vault/credentials.ts';
import { makeMemberKey, publicText } from './vault/memberkey.ts';
import { keepMembership, sealSigning } from './vault/membership.ts';
import type { Language } from './vault/secrets.ts';
import { addVault } from './vault/unlock.ts';

/** What a tablet makes for a code, once, however often it has to ask. */
interface Hand {
  readonly pair: CryptoKeyPair;
  readonly token: string;
  readonly courier: string;
}
interface Told {
  readonly state: string;
  readonly me: (Me & { readonly transport: TransportKey }) | null;
}

export type Taken =
  | { readonly kind: 'open'; readonly device: OpenDevice }
  /** `finish`: opens the vault, once the server said that it is confirmed. */
  | { readonly kind: 'waiting'; readonly words: readonly string[]; readonly finish: () => Promise<OpenDevice> };

const hands = new Map<string, Hand>();

async function handFor(code: string): Promise<Hand> {
  const newToken = (): string => toBase64(randomBytes(32));
  const hand = hands.get(code) ?? { pair: await makeMemberKey(), token: newToken(), courier: newToken() };
  hands.set(code, hand);
  return hand;
}

/** That key, code and tokens come from one hand. */
async function proofOf(code: string, { pair, token, courier }: Hand): Promise<string> {
  const hashes = await Promise.all([code, token, courier].map(hashOf));
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  return toBase64(new Uint8Array(await crypto.subtle.sign(how, pair.privateKey, utf8(['onthaal/enrol/v1', ...hashes].join('\n')))));
}

/** Takes a code. Throws `ApiError` (code_used, code_late, not_found, offline …) or `NoPasskey`. */
export async function takeCode(code: string, label: string, language: Language, choosing: Choosing): Promise<Taken> {
  const hand = await handFor(code);
  const { row: lock, codec } = await made(choosing);
  const member_key = await publicText(hand.pair);
  const words = await fourWords(await hashOf(code), member_key, language);
  const tablet = await tabletHere(toBase64(randomBytes(16)));
  const row: VaultRow = { ...lock, tablet, courier: hand.courier, token: await sealToken(codec, hand.token), stage: 'waiting', words };
  await keepWaiting(row, codec, hand);
  const { token, courier } = hand;
  const asked = { code, label, member_key, token, courier, proof: await proofOf(code, hand), language, tier: choosing.tier, tablet };
  const told = await call<Told>('POST', '/api/enrol', asked, null).catch(async (error: ApiError) => {
    // Where nobody knows whether the server heard it, the same hand asks again; after a reload, standing.ts does.
    if (error.status >= 400 && error.status < 500) await dropWaiting();
    throw error;
  });
  const finish = async (): Promise<OpenDevice> => {
    const mine = await confirm(row.id);
    if (!mine) throw new ApiError('not_found', 404); // thrown away in another tab
    return opened(mine, codec);
  };
  if (told.state === 'waiting') return { kind: 'waiting', words, finish };
  if (told.state !== 'confirmed' || !told.me) {
    await dropWaiting();
    throw new ApiError(told.state === 'late' ? 'code_late' : 'code_used', 410);
  }
  const { transport, ...me } = told.me;
  const signing = await crypto.subtle.exportKey('jwk', hand.pair.privateKey);
  await inVault(row.id, (db) => keepMembership(db, codec, { me, signing, transport }));
  return { kind: 'open', device: await finish() };
}

/** Keeps a vault that is nobody's yet, in place of one that was made before for the same code. */
async function keepWaiting(row: VaultRow, codec: Codec, { pair }: Hand): Promise<void> {
  await dropWaiting();
  const signing = await sealSigning(codec, await crypto.subtle.exportKey('jwk', pair.privateKey));
  await inVault(row.id, (db) => db.meta.put(signing));
  await addVault(row);
}

async function inVault(id: string, act: (db: Database) => PromiseLike<unknown>): Promise<void> {
  const db = new Database(databaseOf(id));
  try {
    await act(db);
  } finally {
    db.close();
  }
}
