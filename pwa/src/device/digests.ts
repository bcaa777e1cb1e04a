/** Digests of the server's records, each worked out once: 5 000 of them at every start would hold up the screen. */
import { type Digest, recordDigest } from '../sync/digest.ts';
import type { SyncRecord } from '../sync/edits.ts';

const known = new WeakMap<SyncRecord, Digest>();

export function digestOf(record: SyncRecord): Digest {
  const digest = known.get(record) ?? recordDigest(record);
  known.set(record, digest);
  return digest;
}

/** What was worked out when the record came, and lay on the disk with it. */
export function rememberDigest(record: SyncRecord, digest: Digest): void {
  known.set(record, digest);
}
