/**
 * A tablet that nobody hears of for two weeks keeps what was written on it, and drops what it had read: a tablet in a drawer
 * is one that may be found. It reads everything again at its next contact.
 */
import { Database } from '../schema.ts';
import { changeVault, databaseOf, type VaultRow, vaults } from './clear.ts';

export const ALONE_MS = 14 * 86_400_000;
const NOTED_EVERY_MS = 10 * 60_000;

/** Notes that the server was heard. */
export async function noteContact(id: string, nowMs: number): Promise<void> {
  await changeVault(id, (row) => ({ ...row, contactAt: nowMs }));
}

/** The same, not more often than every ten minutes. `isWhole`: all that may be read is here again. */
export function contactsOf(id: string, now: () => number): (isWhole: boolean) => Promise<void> {
  let notedAt = Number.NEGATIVE_INFINITY;
  let wasWhole = false;
  return async (isWhole) => {
    const nowMs = now();
    if (Math.abs(nowMs - notedAt) < NOTED_EVERY_MS && (wasWhole || !isWhole)) return;
    notedAt = nowMs;
    wasWhole ||= isWhole;
    await changeVault(id, (row) => ({ ...row, contactAt: nowMs, isEmptied: row.isEmptied && !isWhole }));
  };
}

/** Whether a vault was alone for too long, or was heard under a clock that was ahead. */
export const isStale = ({ contactAt }: VaultRow, nowMs: number): boolean => contactAt > nowMs || contactAt + ALONE_MS <= nowMs;

/** Drops the read copies of vaults that were alone for too long; whatever was written here stays. */
export async function dropStale(nowMs: number): Promise<void> {
  for (const { id, contactAt } of await vaults()) {
    // Noted under a clock that was ahead: the two weeks begin now, not when that time comes.
    if (contactAt > nowMs) await noteContact(id, nowMs);
    if (contactAt + ALONE_MS > nowMs) continue;
    const db = new Database(databaseOf(id));
    try {
      await db.transaction('rw', db.records, db.bundles, db.streams, async () => {
        await db.records.clear();
        await db.bundles.clear();
        await db.streams.clear();
      });
    } finally {
      db.close();
    }
    await changeVault(id, (row) => ({ ...row, isEmptied: true }));
  }
}
