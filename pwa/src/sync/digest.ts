/**
 * A stream's digest: do server and device hold the same records?
 *
 *     record:  first 8 bytes of SHA-256( id ⏎ "field dot e" ⏎ "field dot e" … ), lines sorted by code point
 *     stream:  XOR over its records, as 16 hex digits
 *
 * XOR, so that one record's change costs one record's work, in whatever order things came. 64 bits are two numbers here.
 * Vectors: sync/vectors/digest.json.  Twin: sync/digest.py.
 */

import { byCodePoint, type SyncRecord } from './edits.ts';
import { sha256First64 } from './sha256.ts';
import { encodeUtf8 } from './utf8.ts';

export type Digest = readonly [high: number, low: number];

export const EMPTY: Digest = [0, 0];

/** 64 bits over the names and stamps of every live version of a record (the server's, never a folded one). */
export function recordDigest(record: SyncRecord): Digest {
  const lines: string[] = [];
  for (const [name, versions] of record.live) for (const v of versions) lines.push(`${name} ${v.a}:${v.n} ${v.e}`);
  lines.sort(byCodePoint);
  return sha256First64(encodeUtf8([record.id, ...lines].join('\n')));
}

/** Two digests together; the same once more takes it out again. */
export function xor(one: Digest, two: Digest): Digest {
  return [(one[0] ^ two[0]) >>> 0, (one[1] ^ two[1]) >>> 0];
}

/** A digest as it travels. */
export function asHex([high, low]: Digest): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** The digest of a stream that holds these records. */
export function streamDigest(records: Iterable<SyncRecord>): string {
  let total = EMPTY;
  for (const record of records) total = xor(total, recordDigest(record));
  return asHex(total);
}
