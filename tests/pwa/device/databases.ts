/** Databases in memory that behave as the browser's; all are closed after a test. */
import 'fake-indexeddb/auto';
import { afterEach } from 'vitest';
import { Database } from '../../../pwa/src/device/schema.ts';
import { NONE } from '../../../pwa/src/device/vault/attempts.ts';
import type { VaultRow } from '../../../pwa/src/device/vault/clear.ts';

const open: Database[] = [];

afterEach(() => {
  for (const db of open) db.close();
});

/** A database of a tablet: a new one, or that of a name. */
export function database(name = `tablet-${open.length}`): Database {
  const db = new Database(name);
  open.push(db);
  return db;
}

/** What stands in clear of a vault. */
export const vaultRow = (row: Partial<VaultRow> & { readonly id: string }): VaultRow => ({
  face: 'fox',
  courier: 'courier-1',
  token: new Uint8Array(),
  contactAt: 0,
  isEmptied: false,
  lock: null,
  attempts: NONE,
  stage: 'ready',
  replaces: '',
  ...row,
});
