/**
 * The desk's copy: sealed by a key that the server tells a live session and nobody else (decision 0028). A browser that was
 * closed, or whose session is over, holds nothing that can be read; what waits in it leaves after the next sign-in.
 *
 *     a copy of before, in clear ──1 sealed, in one transaction──→ the copy ──2──→ the one in clear is deleted
 */
import Dexie from 'dexie';
import { fromBase64 } from '../base64.ts';
import type { Codec } from '../codec.ts';
import { ApiError, answerIn, call, send } from '../http.ts';
import { Database } from '../schema.ts';
import { clearDatabaseOf, deskDatabaseOf } from './desks.ts';
import { asVaultKey } from './keys.ts';
import { sealedRows } from './moving.ts';
import { sealedBy } from './sealed.ts';

const KEY_BYTES = 32;
const ASKED_EVERY_MS = 3_000;
const ASKED_EVERY_MS_MAX = 60_000;
const MOVED = 'moved'; // a counter that is there from when the copy holds all that lay in clear

/** A member's copy in this browser, and what opens it. Throws `ApiError`: `offline`, `signed_out`, `revoked`, `bad_reply`. */
export async function deskCopy(member: string): Promise<{ readonly db: Database; readonly codec: Codec }> {
  const name = deskDatabaseOf(member);
  const codec = sealedBy(await deskKey(member), name);
  await navigator.locks.request('onthaal-moving', () => sealClear(member, codec));
  return { db: new Database(name), codec };
}

/** What opens a member's copy, as the server tells it. Throws `ApiError` as above. */
export async function deskKey(member: string): Promise<CryptoKey> {
  const { key } = await call<{ key: string }>('POST', '/api/desk/key', {}, { member });
  try {
    const bytes = fromBase64(key);
    if (bytes.length === KEY_BYTES) return await asVaultKey(bytes);
  } catch {
    // No base64: said below.
  }
  throw new ApiError('bad_reply', 200);
}

/** Seals what an older app left in clear. Stopped half-way, it goes on at the next start. */
async function sealClear(member: string, codec: Codec): Promise<void> {
  const old = clearDatabaseOf(member);
  if (!(await Dexie.exists(old))) return;
  // Its third version closes the tabs in which an older app is still open: nobody writes there any more.
  const from = new Database(old);
  const db = new Database(deskDatabaseOf(member));
  try {
    if (!(await db.counters.get(MOVED))) {
      const { rows, counters } = await sealedRows(from, codec);
      await db.transaction('rw', db.tables, async () => {
        for (const [store, sealed] of rows) await db.table(store).bulkPut([...sealed]);
        await db.counters.bulkPut([...counters, { name: MOVED, value: 1 }]);
      });
    }
  } finally {
    from.close();
    db.close();
  }
  await Dexie.delete(old);
}

/** Resolves when the server is heard again. */
export async function serverBack(): Promise<void> {
  for (;;) {
    await pause(ASKED_EVERY_MS);
    const reply = await send('GET', '/health/live', undefined, null);
    // Where a hall's network answers with a page of its own, it is not the server.
    if (answerIn<{ readonly status?: string }>(reply, 'GET', '/health/live')?.status === 'live') return;
  }
}

/**
 * Resolves when what failed once is answered well, or the server says that nobody is signed in. Asked less and less often: a server
 * that answers oddly is not helped by being asked every three seconds. Throws what is no `ApiError`.
 */
export async function onceAnswered(ask: () => Promise<unknown>, wait = pause): Promise<void> {
  for (let failed = 0; ; failed += 1) {
    await wait(Math.min(ASKED_EVERY_MS * 2 ** failed, ASKED_EVERY_MS_MAX));
    try {
      await ask();
      return;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) return;
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
