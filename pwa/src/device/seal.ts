/**
 * Seals edits to the server: signed by their member, opened by nobody on the way (docs/protocol.md, Sealed edits).
 *
 *     Edit ─JSON─ signed with the member key (P-256) ─ Letter ─ HPKE to the transport key (X25519) ─→ SealedEdit
 *
 * Done when the edit is written, while the vault is open; afterwards anybody may send it. WebCrypto is awaited, so
 * never inside an IndexedDB transaction. Randomised: the same edit sealed twice is two boxes, and one edit to the server.
 */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import type { Edit } from '../sync/edits.ts';
import { bound, encodeLetter, INFO, type SealedEdit, signed, type TransportKey } from '../sync/sealed.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { forWire } from './outbox.ts';

const SUITE = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' };
const encoder = new TextEncoder();

/** What an edit is sealed with: to whom, by whom. `signing` is the member's private key on this device. */
export interface SealKeys {
  readonly transport: TransportKey;
  readonly member: string;
  readonly signing: CryptoKey;
}

/** The edit, sealed. */
export async function sealEdit(edit: Edit, { transport, member, signing }: SealKeys): Promise<SealedEdit> {
  const text = JSON.stringify(forWire(edit));
  const sig = toBase64(new Uint8Array(await crypto.subtle.sign(ECDSA, signing, encoder.encode(signed(text)))));
  const names = { a: edit.a, n: edit.n, ...(edit.event ? { event: edit.event } : {}), id: edit.id, key: transport.id };
  const sender = await SUITE.createSenderContext({
    recipientPublicKey: await recipient(transport),
    info: encoder.encode(INFO),
  });
  const letter = encoder.encode(encodeLetter({ edit: text, member, sig }));
  const content = new Uint8Array(await sender.seal(letter, encoder.encode(bound(names))));
  const box = new Uint8Array(sender.enc.byteLength + content.length);
  box.set(new Uint8Array(sender.enc));
  box.set(content, sender.enc.byteLength);
  return { ...names, box: toBase64(box) };
}

// Imported once per key, not once per edit.
let imported: { readonly public: string; readonly key: Promise<CryptoKey> } | undefined;

function recipient(transport: TransportKey): Promise<CryptoKey> {
  if (imported?.public !== transport.public) {
    imported = { public: transport.public, key: SUITE.kem.deserializePublicKey(fromBase64(transport.public)) };
  }
  return imported.key;
}
