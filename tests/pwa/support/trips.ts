/** Of the targets (targets.ts) those that carry edits: whatever is answered, none that was written here is gone. */
import { Batching } from '../../../pwa/src/device/batching.ts';
import { boxTrip } from '../../../pwa/src/device/boxes.ts';
import { carriedTrip, carriedWaiting, filesIn } from '../../../pwa/src/device/carrying.ts';
import { inClear } from '../../../pwa/src/device/vault/clear.ts';
import { SyncError } from '../../../pwa/src/sync/errors.ts';
import { digestOf, held, issue, MINE, NOW, page, Tablet } from '../device/bench.ts';
import { vaultRow } from '../device/rows.ts';
import { answers, claim, coded, inDatabase } from './promised.ts';
import { anyOf, type Random } from './spoiling.ts';

const everythingOf = (tablet: Tablet): string =>
  JSON.stringify(tablet.core.state, (_, value) => (value instanceof Map ? [...value] : value));

async function tabletBefore(): Promise<Tablet> {
  const tablet = await Tablet.open();
  const known = held('issue-7', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }]);
  await tablet.syncs({ streams: { [MINE]: page(0, 1, [known], { digest: digestOf([known]) }) } });
  await tablet.writes(issue({ own_words: 'cold' }, 'issue-1'));
  return tablet;
}

/** The reply to the one call that `tabletBefore` makes next. */
export function reply(random: Random): string {
  const news = held('issue-8', [{ a: 'otherAuthor', n: 2, set: { theme: anyOf(random, ['HOU', 'DIG']), own_words: 'nat' } }], {
    theme: { b: 3 },
  });
  const pages = [page(1, 2, [news], { gone: [['issue-7', 'moved']] }), page(1, 2, [news], { more: true }), page(1, 1)];
  const acks = [anyOf(random, [['ok'], ['repeat'], ['parked', 'not_allowed'], ['refused', 'bad_value']])];
  const head = { protocol: 1, epoch: 'epoch-1', call: 2, now: NOW, closed: [], wipe: random() < 0.1 };
  return JSON.stringify({ ...head, acks, streams: { [MINE]: anyOf(random, pages) }, transport: { id: 'k', public: 'p' } });
}

export async function hears(text: string): Promise<void> {
  const tablet = await tabletBefore();
  const asked = await tablet.calls();
  const before = everythingOf(tablet);
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // As http.ts takes it: no answer of ours.
  }
  try {
    await tablet.core.receive(asked, body, NOW);
  } catch (error) {
    claim(error instanceof SyncError, String(error));
    claim(everythingOf(tablet) === before, 'a reply that was refused changed something');
  }
  await tablet.restarts();
  for (const id of tablet.core.ids()) tablet.shows(id);
  const { outbox, kept, refused } = tablet;
  const isErased = text.includes('erased');
  claim(isErased || [...outbox, ...kept, ...refused].some((one) => one.startsWith('cold')), 'what was written is gone');
}

export const box = (n: number): { a: string; n: number; id: string; key: string; box: string } => ({
  a: 'author',
  n,
  id: 'i',
  key: 'k',
  box: 'x',
});

export const lockedReply = (random: Random): string => {
  const acks = [anyOf(random, [['ok'], ['parked', 'sealed'], ['refused', 'bad_value'], ['erased']]), ['ok']];
  return JSON.stringify({ protocol: 1, epoch: 'e', call: 1, now: 1, acks, streams: {}, closed: [], wipe: random() < 0.5 });
};

export const boxes = (text: string): Promise<void> =>
  inDatabase(async (db) => {
    await db.boxes.bulkPut([1, 2].map((seq) => ({ seq, box: box(seq), ack: '', ackedAt: 0 })));
    answers(text);
    const go = () => boxTrip({ db, token: 't', batching: new Batching(), now: () => 5, app: 'x', persisted: true });
    await coded(go, (trip) => claim(trip.kind === 'carried' || trip.kind === 'later', trip.kind));
    const rows = await db.boxes.toArray();
    claim(rows.length === 2 && rows.every(({ ack }) => /^(?:|ok|erased|(?:parked|refused) \w+)$/.test(ack)), JSON.stringify(rows));
  });

export async function file(text: string): Promise<void> {
  await inClear((clear) => clear.carried.clear());
  try {
    claim(Number.isInteger(await filesIn(text)), 'a count');
  } catch (error) {
    claim(error instanceof SyntaxError, String(error));
    claim((await carriedWaiting()) === 0, 'half a file');
  }
}

export async function carried(text: string): Promise<void> {
  await inClear((clear) => Promise.all([clear.vaults.clear(), clear.carried.clear()]));
  await inClear((clear) =>
    Promise.all([clear.vaults.put(vaultRow({ id: 'v' })), clear.carried.put({ name: 'x:1', box: box(1), ack: '' })]),
  );
  answers(text);
  await coded(carriedTrip);
  const [row] = await inClear((clear) => clear.carried.toArray());
  claim(/^(?:|ok|repeat|erased|(?:parked|refused) \w+)$/.test(row?.ack ?? 'gone'), row?.ack ?? 'gone');
}
