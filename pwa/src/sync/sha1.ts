/** SHA-1, synchronous, for UUIDv5 (RFC 9562) alone: names, not secrets. Source: FIPS 180-4, section 6.1. */

const turn = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

/** The 20 bytes of SHA-1 of a message shorter than 512 MiB. */
export function sha1(message: Uint8Array): Uint8Array {
  const size = ((message.length + 8) >> 6) * 64 + 64;
  const block = new Uint8Array(size);
  block.set(message);
  block[message.length] = 0x80;
  const words = new DataView(block.buffer);
  words.setUint32(size - 4, message.length << 3);
  const h: [number, number, number, number, number] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  for (let offset = 0; offset < size; offset += 64) compress(h, words, offset);
  const hash = new DataView(new ArrayBuffer(20));
  h.forEach((value, i) => {
    hash.setInt32(i * 4, value);
  });
  return new Uint8Array(hash.buffer);
}

function compress(h: [number, number, number, number, number], words: DataView, offset: number): void {
  const w = new Int32Array(80);
  const at = (i: number): number => w[i] ?? 0;
  for (let i = 0; i < 16; i++) w[i] = words.getInt32(offset + i * 4);
  for (let i = 16; i < 80; i++) w[i] = turn(at(i - 3) ^ at(i - 8) ^ at(i - 14) ^ at(i - 16), 1);
  let [a, b, c, d, e] = h;
  for (let i = 0; i < 80; i++) {
    const next = (turn(a, 5) + mix(i, b, c, d) + e + at(i)) | 0;
    [e, d, c, b, a] = [d, c, turn(b, 30), a, next];
  }
  [a, b, c, d, e].forEach((value, i) => {
    h[i] = ((h[i] ?? 0) + value) | 0;
  });
}

function mix(i: number, b: number, c: number, d: number): number {
  if (i < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (i < 60) return ((b & c) | (b & d) | (c & d)) + (0x8f1bbcdc | 0);
  return (b ^ c ^ d) + (0xca62c1d6 | 0);
}
