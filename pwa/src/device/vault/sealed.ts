/**
 * Every value of a vault, sealed by its key: AES-256-GCM, a random nonce for each, bound to its place.
 *
 *     1 ‖ nonce (12) ‖ ciphertext ‖ tag (16)        bound to (vault, store, key, schema)
 */
import { type Codec, Tampered } from '../codec.ts';
import { fromUtf8, joined, randomBytes, utf8 } from './bytes.ts';

const SCHEMA = 1; // of the bytes and of what they are bound to
const NONCE = 12;

export function sealedBy(key: CryptoKey, vault: string): Codec {
  const place = (store: string, name: string | number): Uint8Array<ArrayBuffer> =>
    utf8(JSON.stringify([vault, store, String(name), SCHEMA]));
  return {
    async seal(store, name, value) {
      const iv = randomBytes(NONCE);
      const how = { name: 'AES-GCM', iv, additionalData: place(store, name) };
      const sealed = await crypto.subtle.encrypt(how, key, utf8(JSON.stringify(value)));
      return joined(Uint8Array.of(SCHEMA), iv, new Uint8Array(sealed));
    },
    async open<T>(store: string, name: string | number, bytes: Uint8Array) {
      if (bytes[0] !== SCHEMA) throw new Tampered(`${store}: another schema`);
      const how = { name: 'AES-GCM', iv: bytes.slice(1, 1 + NONCE), additionalData: place(store, name) };
      try {
        return JSON.parse(fromUtf8(new Uint8Array(await crypto.subtle.decrypt(how, key, bytes.slice(1 + NONCE))))) as T;
      } catch (error) {
        throw new Tampered(`${store}: not what was put there`, { cause: error });
      }
    },
  };
}
