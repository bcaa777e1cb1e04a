/**
 * Edits that travel in a file: the boxes that have not left this tablet, and those that were brought here. They are sealed
 * to the server and signed by who wrote them, so anybody may carry them, and a copy does no harm: it is answered `repeat`.
 *
 *     {"kinds": 3, "edits": [{"a", "n", "event", "id", "key", "box"}]}      as POST /api/sealed/import takes it
 */
import { KINDS_VERSION } from '../sync/kinds.tables.ts';
import { fits, type Shape } from '../sync/shapes.ts';
import { SHAPES } from '../sync/wire.tables.ts';
import { ackText, WIRE } from '../sync/wire.ts';
import { batch, NOTHING_READ } from './boxes.ts';
import type { Trip } from './courier.ts';
import { answerIn, codeOf, type Reply, send } from './http.ts';
import { type Box, Database } from './schema.ts';
import { type CarriedRow, databaseOf, inClear, vaults } from './vault/clear.ts';

const answeredAll = (again: boolean): Trip => ({
  kind: 'carried',
  outcome: { kind: 'stored', again: false, wipe: false, ...NOTHING_READ },
  again,
});

/** Whatever has not left, of all vaults and of what was brought here. */
export async function unsentFile(): Promise<Blob> {
  const boxes: Box[] = [];
  for (const { id } of await vaults()) {
    const db = new Database(databaseOf(id));
    const rows = await db.boxes.toArray().finally(() => db.close());
    boxes.push(...rows.filter(({ ack }) => ack === '').map(({ box }) => box));
  }
  const carried = await inClear((clear) => clear.carried.toArray());
  boxes.push(...carried.filter(({ ack }) => ack === '').map(({ box }) => box));
  return new Blob([JSON.stringify({ kinds: KINDS_VERSION, edits: boxes })], { type: 'application/json' });
}

const FILE: Shape = { type: 'object', required: ['edits'], properties: { edits: { type: 'array', items: { $ref: 'SealedEdit' } } } };

/** Takes a file in; resolves how many edits are on this tablet now that were not. Throws `SyntaxError` where it is no such file. */
export async function filesIn(text: string): Promise<number> {
  const file: unknown = JSON.parse(text);
  if (!fits(file, FILE, SHAPES)) throw new SyntaxError('not a file of unsent edits');
  const { edits } = file as { readonly edits: readonly Box[] };
  const rows: CarriedRow[] = edits.map((box) => ({ name: `${box.a}:${box.n}`, box, ack: '' }));
  return inClear((clear) =>
    clear.transaction('rw', clear.carried, async () => {
      const known = new Set(await clear.carried.toCollection().primaryKeys());
      const fresh = rows.filter(({ name }) => !known.has(name));
      await clear.carried.bulkPut(fresh);
      return fresh.length;
    }),
  );
}

const waiting = async (): Promise<CarriedRow[]> => (await inClear((clear) => clear.carried.toArray())).filter(({ ack }) => ack === '');

/** One trip with what was brought here. Any vault's device may carry it; the author is in the box. */
export async function carriedTrip(limit: number = WIRE.edits): Promise<Trip> {
  const all = await waiting();
  const sent = batch(all, limit);
  if (sent.length === 0) return answeredAll(false);
  const reply = await carry(sent);
  if (reply === null) return answeredAll(false);
  if (reply.kind === 'offline') return reply;
  const later: Trip = { kind: 'later', afterMs: reply.retryAfterS * 1000 };
  const acks = answerIn<{ readonly acks: readonly (readonly string[])[] }>(reply, 'POST', '/api/sealed/import')?.acks;
  switch (reply.status) {
    case 200: {
      if (!acks?.every(isAck)) return later;
      const answered = sent.flatMap((row, i) => (acks[i] ? [{ ...row, ack: ackText(acks[i]) }] : []));
      await inClear((clear) => clear.carried.bulkPut(answered));
      return answeredAll(answered.length > 0 && answered.length < all.length);
    }
    case 400:
    case 413:
      if (sent.length > 1) return carriedTrip(Math.floor(sent.length / 2));
      if (codeOf(reply) === '') return later; // the word of a box in between
      await inClear((clear) => clear.carried.bulkPut(sent.map((row) => ({ ...row, ack: 'refused bad_value' }))));
      return answeredAll(all.length > 1);
    case 401:
      return { kind: 'signed_out', code: codeOf(reply) };
    default:
      return later;
  }
}

/** An answer that nobody knows settles nothing: what was asked waits on. */
function isAck(parts: readonly string[]): boolean {
  try {
    return ackText(parts) !== '';
  } catch {
    return false;
  }
}

/** What the server says of these to the first vault's device that it still knows; `null` where none is here. */
async function carry(sent: readonly CarriedRow[]): Promise<Reply | null> {
  const file = { kinds: KINDS_VERSION, edits: sent.map(({ box }) => box) };
  let reply: Reply | null = null;
  for (const { courier } of await vaults()) {
    if (courier === '') continue;
    reply = await send('POST', '/api/sealed/import', file, courier);
    if (reply.kind === 'offline' || reply.status !== 401) return reply;
  }
  return reply;
}

/** How many edits that were brought here have not left. */
export const carriedWaiting = async (): Promise<number> => (await waiting()).length;

/** How many of them the server would not take: they are kept here. */
export const carriedRefused = (): Promise<number> =>
  inClear((clear) => clear.carried.filter(({ ack }) => ack.startsWith('refused')).count());
