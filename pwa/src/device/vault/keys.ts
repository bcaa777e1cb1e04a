/**
 * The keys of one vault.
 *
 *     PIN or passphrase ─Argon2id→ S1 ┐
 *     passkey (PRF), where there is ─ S2 ┴ HKDF-SHA-256, "vault/v1/" + vault ─→ KEK ─unwraps→ VaultKey ─→ every value
 *
 * The VaultKey is random and wrapped, so that another PIN does not mean sealing everything anew.
 */
import { joined, randomBytes, utf8 } from './bytes.ts';

const NONCE = 12;

/** The VaultKey under its KEK: nonce and ciphertext. */
export type Wrapped = Uint8Array<ArrayBuffer>;

export interface Parts {
  readonly vault: string;
  /** Random, one per vault: two vaults with the same PIN have nothing in common. */
  readonly salt: Uint8Array<ArrayBuffer>;
  /** 32 bytes of the PIN or passphrase. */
  readonly stretched: Uint8Array<ArrayBuffer>;
  /** 32 bytes of the passkey. */
  readonly passkey?: Uint8Array<ArrayBuffer> | undefined;
}

async function keyOf({ vault, salt, stretched, passkey }: Parts): Promise<CryptoKey> {
  const material = joined(stretched, passkey ?? new Uint8Array(0));
  const base = await crypto.subtle.importKey('raw', material, 'HKDF', false, ['deriveKey']);
  material.fill(0);
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info: utf8(`vault/v1/${vault}`) };
  return crypto.subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

const aad = (vault: string): Uint8Array<ArrayBuffer> => utf8(`vault/v1/${vault}/key`);

/** A key of 32 bytes, that seals and opens. It cannot be taken out of the browser's hands. */
export const asVaultKey = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);

/** A new VaultKey, and the same wrapped. */
export async function newVaultKey(parts: Parts): Promise<{ key: CryptoKey; wrapped: Wrapped }> {
  const raw = randomBytes(32);
  const nonce = randomBytes(NONCE);
  const kek = await keyOf(parts);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad(parts.vault) }, kek, raw);
  const key = await asVaultKey(raw);
  raw.fill(0);
  return { key, wrapped: joined(nonce, new Uint8Array(sealed)) };
}

/** The VaultKey, or `null` where PIN, passphrase or passkey are not those of this vault. It cannot be taken out of the browser's hands. */
export async function unwrapped(wrapped: Wrapped, parts: Parts): Promise<CryptoKey | null> {
  const kek = await keyOf(parts);
  const how = { name: 'AES-GCM', iv: wrapped.slice(0, NONCE), additionalData: aad(parts.vault) };
  let raw: Uint8Array<ArrayBuffer>;
  try {
    raw = new Uint8Array(await crypto.subtle.decrypt(how, kek, wrapped.slice(NONCE)));
  } catch {
    return null;
  }
  const key = await asVaultKey(raw);
  raw.fill(0);
  return key;
}
