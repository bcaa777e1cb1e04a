/**
 * Seals edits to the server: written by their member, opened by nobody on the way (docs/protocol.md, Sealed edits).
 *
 *     openSession   HPKE to the transport key (X25519) ─→ enc, and a secret that only server and vault have · enc signed with the member key (P-256)
 *     sealEdit      Edit ─JSON─ Letter (edit, member, signature of the session) ─ AES-256-GCM under that secret ─→ SealedEdit
 *
 * A session lasts a day (vault/session.ts). An edit is sealed when it is written; afterwards anybody may send it. WebCrypto is awaited, so never inside an IndexedDB transaction. Randomised: the same
 * edit sealed twice is two boxes, and one edit to the server.
 */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import type { Edit } from '../sync/edits.ts';
import { bound, boxOf, encodeLetter, SESSION, type SealedEdit, signedSession, type TransportKey } from '../sync/sealed.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { forWire } from './outbox.ts';

const SUITE = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' };
const [KEY_BYTES, NONCE_BYTES] = [32, 12];
const encoder = new TextEncoder();

/** To whom edits are sealed, by whom. `signing` is the member's private key on this device. */
export interface SealKeys {
  readonly transport: TransportKey;
  readonly member: string;
  readonly signing: CryptoKey;
}

interface Opened {
  /** The id of the transport key. */
  readonly transport: string;
  readonly enc: string;
  readonly member: string;
  readonly sig: string;
}

/** A session as it is kept, sealed. */
export interface KeptSession extends Opened {
  readonly secret: string;
}

/** What edits are sealed with; its key cannot be taken out of the browser. */
export interface Session extends Opened {
  readonly key: CryptoKey;
}

/** A fresh session. */
export async function openSession({ transport, member, signing }: SealKeys): Promise<KeptSession> {
  const recipientPublicKey = await SUITE.kem.deserializePublicKey(fromBase64(transport.public));
  const sender = await SUITE.createSenderContext({ recipientPublicKey, info: encoder.encode(SESSION) });
  const secret = new Uint8Array(await sender.export(encoder.encode(SESSION), KEY_BYTES));
  const enc = toBase64(new Uint8Array(sender.enc));
  const sig = await crypto.subtle.sign(ECDSA, signing, encoder.encode(signedSession(transport.id, enc)));
  return { transport: transport.id, enc, member, sig: toBase64(new Uint8Array(sig)), secret: toBase64(secret) };
}

/** A session that was kept, to seal with. */
export async function sessionOf({ secret, ...opened }: KeptSession): Promise<Session> {
  return { ...opened, key: await crypto.subtle.importKey('raw', fromBase64(secret), 'AES-GCM', false, ['encrypt']) };
}

/** The edit, sealed. */
export async function sealEdit(edit: Edit, { transport, enc, member, sig, key }: Session): Promise<SealedEdit> {
  const names = { a: edit.a, n: edit.n, ...(edit.event ? { event: edit.event } : {}), id: edit.id, key: transport };
  const letter = encodeLetter({ edit: JSON.stringify(forWire(edit)), member, sig });
  // By chance: a session seals far fewer than the 2³² edits that would need more (NIST SP 800-38D, 8.3).
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const how = { name: 'AES-GCM', iv, additionalData: encoder.encode(bound(names)) };
  const content = new Uint8Array(await crypto.subtle.encrypt(how, key, encoder.encode(letter)));
  const sealed = new Uint8Array(NONCE_BYTES + content.length);
  sealed.set(iv);
  sealed.set(content, NONCE_BYTES);
  return { ...names, box: boxOf(enc, toBase64(sealed)) };
}
