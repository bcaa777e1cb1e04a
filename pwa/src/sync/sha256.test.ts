import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha1 } from './sha1.ts';
import { sha256First64 } from './sha256.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const LETTERS = ['a', 'é', '€', '\u{1f600}', '\n', '\u0001', '\uffff', '\u{10ffff}'];
const texts = Array.from({ length: 300 }, (_, i) =>
  Array.from({ length: i }, (_, k) => LETTERS[(i * 7 + k * k) % LETTERS.length]).join(''),
);

it('gives the bytes of text as the platform does, and the text back', () => {
  for (const text of texts) {
    const bytes = encodeUtf8(text);
    expect(Buffer.compare(bytes, Buffer.from(text))).toBe(0);
    expect(decodeUtf8(bytes)).toBe(text);
  }
});

it('takes no bytes that the platform does not take', () => {
  const platform = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const read = (bytes: Uint8Array): string | undefined => {
    try {
      return platform.decode(bytes);
    } catch {
      return undefined;
    }
  };
  for (let first = 0x70; first < 0x100; first++) {
    for (const second of [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]) {
      for (const rest of [[], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xbf, 0xc0], [0x41, 0x80]]) {
        const bytes = Uint8Array.from([first, second, ...rest]);
        expect(decodeUtf8(bytes), Buffer.from(bytes).toString('hex')).toBe(read(bytes));
      }
    }
  }
});

it('hashes as node:crypto does, over every length around the ends of a block', () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
    const [high, low] = sha256First64(bytes);
    const first = high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
    expect(first).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 16));
    expect(Buffer.from(sha1(bytes)).toString('hex')).toBe(createHash('sha1').update(bytes).digest('hex'));
  }
});
