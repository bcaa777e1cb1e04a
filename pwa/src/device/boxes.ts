/**
 * Carries the boxes of a vault that is locked (station 4): edits that were sealed to the server when they were written. Needs
 * no key of anybody. What the server answers waits beside each box until the vault opens; nothing is read.
 */
import { KINDS_VERSION } from '../sync/kinds.tables.ts';
import { ackText, decodeReply, type SyncReply, type SyncRequest, WIRE } from '../sync/wire.ts';
import type { Batching } from './batching.ts';
import type { Trip } from './courier.ts';
import { codeOf, type Reply, send } from './http.ts';
import type { Box, BoxRow, Database } from './schema.ts';
import { waitingIn } from './waiting.ts';

export interface Locked {
  readonly db: Database;
  readonly token: string;
  readonly batching: Batching;
  readonly now: () => number;
  readonly app: string;
  readonly persisted: boolean | null;
}

/** What has not left this vault, oldest first. */
const unsentBoxes = async (db: Database): Promise<BoxRow[]> => (await db.boxes.orderBy('seq').toArray()).filter((row) => row.ack === '');

/** As many as fit in one call; always at least one. */
export function batch<R extends { readonly box: Box }>(rows: readonly R[], limit: number): R[] {
  const taken: R[] = [];
  let size = 0;
  for (const row of rows) {
    size += JSON.stringify(row.box).length;
    if (taken.length >= limit || (taken.length > 0 && size > WIRE.editsBytes)) break;
    taken.push(row);
  }
  return taken;
}

interface Asked {
  readonly boxes: readonly Box[];
  readonly call: number;
  readonly nowMs: number;
  readonly waiting: number;
  readonly app: string;
  readonly persisted: boolean | null;
}

/** A call that only brings boxes. Of the records as little comes as the server can send: nobody is there to read them. */
export const boxRequest = ({ boxes, call, nowMs, waiting, app, persisted }: Asked): SyncRequest => ({
  protocol: WIRE.protocol,
  kinds: KINDS_VERSION,
  epoch: '',
  call,
  now: Math.trunc(nowMs),
  cursors: {},
  edits: boxes,
  limit: 1,
  waiting,
  app,
  differ: [],
  persisted,
});

/** Of an outcome that brought answers alone. */
export const NOTHING_READ = { complete: false, differing: [], repaired: [], changed: new Set<string>(), erased: new Set<string>() };

/** One trip with the boxes of a vault. */
export async function boxTrip(locked: Locked): Promise<Trip> {
  const { db, token, batching, now, app, persisted } = locked;
  const unsent = (await unsentBoxes(db)).filter(({ seq }) => !batching.isPassed(seq, now()));
  const sent = batch(unsent, batching.limit);
  const waiting = await waitingIn(db);
  const call = await nextCall(db);
  const boxes = sent.map(({ box }) => box);
  const request = boxRequest({ boxes, call, nowMs: now(), waiting, app, persisted });
  const reply = await send('POST', '/api/sync', request, token);
  if (reply.kind === 'offline') return { kind: 'offline' };
  switch (reply.status) {
    case 200: {
      if (reply.body === null) return later(reply.retryAfterS);
      const told = decodeReply(reply.body);
      batching.took();
      return keepAnswers(db, told, call, sent, waiting);
    }
    case 400:
    case 413:
    case 500:
      return fewer(reply, sent, batching, now()) ? boxTrip(locked) : later(reply.retryAfterS);
    case 401:
      return { kind: 'signed_out', code: codeOf(reply) };
    case 426:
      return { kind: 'too_old' };
    default:
      return later(reply.retryAfterS);
  }
}

/**
 * Whether fewer are to be tried at once. A single one that still fails is judged by its own worker when the vault opens; those
 * behind it go on, for where the key is gone nobody ever opens it.
 */
function fewer(reply: Reply & { kind: 'answered' }, sent: readonly BoxRow[], batching: Batching, nowMs: number): boolean {
  const [first] = sent;
  if (reply.status === 500) return codeOf(reply) === 'internal' && batching.broke(sent, nowMs);
  if (sent.length > 1) batching.halve(sent.length);
  else if (first && codeOf(reply) !== '') batching.pass(first.seq, nowMs);
  return sent.length > 1;
}

const later = (afterS: number): Trip => ({ kind: 'later', afterMs: afterS * 1000 });

const nextCall = (db: Database): Promise<number> =>
  db.transaction('rw', db.counters, async () => {
    const value = ((await db.counters.get('call'))?.value ?? 0) + 1;
    await db.counters.put({ name: 'call', value });
    return value;
  });

/** Stores the answers, if nobody called since: who did is told `repeat`, the same in other words. */
async function keepAnswers(db: Database, reply: SyncReply, call: number, sent: readonly BoxRow[], waiting: number): Promise<Trip> {
  const answered = sent.flatMap((row, i): BoxRow[] => {
    const ack = reply.acks[i];
    return ack ? [{ ...row, ack: ackText(ack), ackedAt: reply.now }] : [];
  });
  const isKept = await db.transaction('rw', db.counters, db.boxes, async () => {
    if ((await db.counters.get('call'))?.value !== call || reply.call !== call) return false;
    const there = new Set(await db.boxes.toCollection().primaryKeys());
    await db.boxes.bulkPut(answered.filter(({ seq }) => there.has(seq)));
    return true;
  });
  if (!isKept) return { kind: 'carried', outcome: { kind: 'late' }, again: true };
  const left = waiting - answered.length;
  return {
    kind: 'carried',
    outcome: { kind: 'stored', again: left > 0, wipe: reply.wipe && left === 0, ...NOTHING_READ },
    again: left > 0 && answered.length > 0,
  };
}
