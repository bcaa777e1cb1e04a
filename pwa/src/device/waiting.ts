/** What has not left a vault, counted without opening it. */
import type { Database } from './schema.ts';

/** How many edits of a vault have not left; also those that could not be boxed, which leave when it opens. */
export const waitingIn = (db: Database): Promise<number> =>
  db.transaction('r', db.boxes, db.outbox, async () => {
    const answered = await db.boxes.filter((row) => row.ack !== '').count();
    return (await db.outbox.count()) - answered;
  });

/** How many edits wait that have no box: without the vault's key they can never leave. */
export const unboxedIn = (db: Database): Promise<number> =>
  db.transaction('r', db.boxes, db.outbox, async () => {
    const boxed = new Set(await db.boxes.toCollection().primaryKeys());
    return (await db.outbox.toCollection().primaryKeys()).filter((seq) => !boxed.has(seq)).length;
  });
