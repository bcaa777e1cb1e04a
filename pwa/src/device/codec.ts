/**
 * The one seam through which every value passes on its way to the disk and back. Ids and counters stand in clear, all
 * else is bytes: sealed in a vault and at the desk (vault/sealed.ts), JSON before that.
 *
 * Both ways take a moment, and IndexedDB commits a transaction while anything else is awaited: seal before, open after.
 */
export interface Codec {
  /** The bytes of a value in one place: nowhere else can they be opened. */
  seal(store: string, key: string | number, value: unknown): Promise<Uint8Array<ArrayBuffer>>;
  /** Throws `Tampered` where these are not the bytes that were put in this place. */
  open<T>(store: string, key: string | number, bytes: Uint8Array): Promise<T>;
}

/** A row that was changed, swapped or damaged on the disk. */
export class Tampered extends Error {}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const plain: Codec = {
  seal: async (_store, _key, value) => encoder.encode(JSON.stringify(value)),
  open: async <T>(_store: string, _key: string | number, bytes: Uint8Array) => JSON.parse(decoder.decode(bytes)) as T,
};
