/** Databases in memory that behave as the browser's; all are closed after a test. */
import 'fake-indexeddb/auto';
import { afterEach } from 'vitest';
import { Database } from '../../../pwa/src/device/schema.ts';

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
