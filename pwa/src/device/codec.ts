/**
 * The one seam through which every value passes on its way to the disk and back. Ids and counters stand in clear, all
 * else is bytes. Today the bytes are JSON; with vaults they are sealed, and nothing else changes.
 */
export interface Codec {
  seal(value: unknown): Uint8Array<ArrayBuffer>;
  open<T>(bytes: Uint8Array): T;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const plain: Codec = {
  seal: (value) => encoder.encode(JSON.stringify(value)),
  open: <T>(bytes: Uint8Array) => JSON.parse(decoder.decode(bytes)) as T,
};
