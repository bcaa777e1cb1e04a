/** The key with which a member signs edits on one device (docs/protocol.md, Sealed edits). */
import { toBase64 } from '../base64.ts';

/** A key pair; the private half goes into the vault, so it can be taken out once. */
export function makeMemberKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
}

/** The public half as it is given at enrolment (`member_key`). */
export async function publicText({ publicKey }: CryptoKeyPair): Promise<string> {
  return toBase64(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
}
