/** What a target of the fuzz promises: an error with a code, or what comes out; and a server that answers everything with one text. */
import { ApiError } from '../../../pwa/src/device/http.ts';
import { Database } from '../../../pwa/src/device/schema.ts';
import { SyncError } from '../../../pwa/src/sync/errors.ts';

export function claim(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`not promised: ${what}`);
}

/** Runs what may fail with a code alone. */
export async function coded<T>(act: () => Promise<T>, then: (got: T) => void = () => {}): Promise<void> {
  let got: T;
  try {
    got = await act();
  } catch (error) {
    if (error instanceof ApiError || error instanceof SyncError) return;
    throw error;
  }
  then(got);
}

/** A server, or what stands in its place, that answers everything with this. */
export function answers(text: string): void {
  globalThis.fetch = async () => new Response(text);
}

let names = 0;
export async function inDatabase(act: (db: Database) => Promise<void>): Promise<void> {
  names += 1;
  const db = new Database(`fuzz-${names}`);
  try {
    await act(db);
  } finally {
    await db.delete();
  }
}
