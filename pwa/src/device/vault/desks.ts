/** The copies of all who worked at a desk in this browser, counted without opening them. */
import Dexie from 'dexie';
import { Database } from '../schema.ts';

const SEALED = 'desk-';
const IN_CLEAR = 'onthaal-'; // of before copies were sealed
export const deskDatabaseOf = (member: string): string => `${SEALED}${member}`;
/** The database, in clear, of a member of before vaults, and of a desk of before its copy was sealed. */
export const clearDatabaseOf = (member: string): string => `${IN_CLEAR}${member}`;
const namesOf = (member: string): string[] => [deskDatabaseOf(member), clearDatabaseOf(member)];

/** Whether something waits in a member's copy, which nobody can open now. */
export const waitsAtDesk = async (member: string): Promise<boolean> => (await waitsIn(namesOf(member))) > 0;

/** How many edits wait in the copies of others than `member`: they leave when those sign in here. */
export const waitsOfOthers = (member: string): Promise<number> => waitsIn([SEALED, IN_CLEAR], namesOf(member));

/** How many edits that are not known to have arrived lie in the databases whose names begin so. */
const waitsIn = (begins: readonly string[], but: readonly string[] = []): Promise<number> =>
  counted((db) => db.outbox.count(), begins, but);

/** Whether any copy here holds what nobody else has: an edit that waits, or words that are half written. */
export const areWordsLeft = async (): Promise<boolean> =>
  (await counted(async (db) => (await db.outbox.count()) + (await db.drafts.count()), [SEALED, IN_CLEAR])) > 0;

async function counted(count: (db: Database) => Promise<number>, begins: readonly string[], but: readonly string[] = []): Promise<number> {
  const names = (await Dexie.getDatabaseNames()).filter((name) => begins.some((one) => name.startsWith(one)) && !but.includes(name));
  const counts = names.map((name) => {
    const db = new Database(name);
    return count(db).finally(() => db.close());
  });
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}
