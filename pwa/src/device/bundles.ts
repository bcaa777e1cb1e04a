/**
 * A second copy of the records, a hundred in one sealed row: opening a row costs a slow tablet nearly the same whether it holds
 * one record or a hundred, and a day has thousands (decision 0030). The rows of `records` are what counts. A bundle says the
 * same as they do: it goes in the transaction in which one of them is written again or removed.
 *
 *     records   id → sealed
 *     bundles   ids → sealed: what those rows hold, by id
 */
import type { Codec } from './codec.ts';
import type { KeptRecord } from './disk.ts';
import { type BundleRow, type Database, isQuota, type RecordRow } from './schema.ts';

export const BUNDLED = 100;
const AFTER_MS = 5_000; // a worker who has just unlocked comes first
const PAUSE_MS = 50;

/** The records of a database: bundles, and the rows of those that are in none. To be called in a transaction. */
export async function readRecords(db: Database): Promise<{ bundles: BundleRow[]; rows: RecordRow[] }> {
  const bundles = await db.bundles.toArray();
  if (bundles.length === 0) return { bundles, rows: await db.records.toArray() };
  const bundled = bundles.reduce((count, { ids }) => count + ids.length, 0);
  if ((await db.records.count()) === bundled) return { bundles, rows: [] };
  const loose = looseOf(await db.records.toCollection().primaryKeys(), bundles);
  const rows = await db.records.bulkGet(loose);
  return { bundles, rows: rows.filter((row) => row !== undefined) };
}

/** What bundles hold, by id. Throws `Tampered`. */
export async function openBundles(bundles: readonly BundleRow[], codec: Codec): Promise<Map<string, KeptRecord>> {
  const opened = await Promise.all(bundles.map(({ first, sealed }) => codec.open<Record<string, KeptRecord>>('bundles', first, sealed)));
  return new Map(opened.flatMap((held) => Object.entries(held)));
}

/** Removes the bundles of these records; to be called in the transaction that changes them. */
export async function dropBundlesOf(db: Database, ids: readonly string[]): Promise<void> {
  if (ids.length > 0 && (await db.bundles.count()) > 0) await db.bundles.where('ids').anyOf(ids).delete();
}

/** Bundles what is in no bundle, as far as it fills whole ones. Throws `Tampered`, and what the database throws. */
export async function bundle(db: Database, codec: Codec, signal: AbortSignal, pause: () => Promise<void>): Promise<void> {
  const loose = await db.transaction('r', db.records, db.bundles, async () =>
    looseOf(await db.records.toCollection().primaryKeys(), await db.bundles.toArray()),
  );
  for (let at = 0; at + BUNDLED <= loose.length && !signal.aborted; at += BUNDLED) {
    await bundleOf(db, codec, loose.slice(at, at + BUNDLED));
    await pause();
  }
}

function looseOf(ids: readonly string[], bundles: readonly BundleRow[]): string[] {
  const bundled = new Set(bundles.flatMap((one) => one.ids));
  return ids.filter((id) => !bundled.has(id));
}

async function bundleOf(db: Database, codec: Codec, ids: readonly string[]): Promise<void> {
  const rows = await db.records.bulkGet([...ids]);
  const held = await Promise.all(rows.map(async (row) => row && [row.id, await codec.open<KeptRecord>('records', row.id, row.sealed)]));
  const first = ids[0] ?? '';
  const sealed = await codec.seal('bundles', first, Object.fromEntries(held.filter((one) => one !== undefined)));
  await db.transaction('rw', db.records, db.bundles, async () => {
    // What was written meanwhile, here or in another tab, must not lie here as it was before.
    const now = await db.records.bulkGet([...ids]);
    if (now.every((row, i) => isSame(row, rows[i]))) await db.bundles.put({ first, ids: [...ids], sealed });
  });
}

/** No two sealings of a value have the same bytes. */
const isSame = (one: RecordRow | undefined, other: RecordRow | undefined): boolean =>
  one !== undefined && other !== undefined && indexedDB.cmp(one.sealed, other.sealed) === 0;

/** Bundles what is loose a while after each call, one tab at a time, until the signal. */
export function bundler(db: Database, codec: Codec, signal: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const run = (): Promise<void> =>
    navigator.locks
      .request(`bundles-${db.name}`, { ifAvailable: true }, async (lock) => lock && bundle(db, codec, signal, pause))
      .then(() => undefined)
      .catch((error: unknown) => (signal.aborted ? undefined : giveUp(db, error)));
  signal.addEventListener('abort', () => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(() => void run(), AFTER_MS);
  };
}

/** Where there is no room for a second copy, there is none. */
async function giveUp(db: Database, error: unknown): Promise<void> {
  console.error('bundles', error);
  if (isQuota(error)) await db.bundles.clear().catch(() => undefined);
}
