/** What leaves a vault while it is locked, and what becomes of the answers (T08, T09). */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Batching } from '../../../pwa/src/device/batching.ts';
import { boxTrip } from '../../../pwa/src/device/boxes.ts';
import { carriedRefused, carriedTrip, carriedWaiting, filesIn, unsentFile } from '../../../pwa/src/device/carrying.ts';
import { plain } from '../../../pwa/src/device/codec.ts';
import { type Boxer, IndexedDisk } from '../../../pwa/src/device/db.ts';
import { Database } from '../../../pwa/src/device/schema.ts';
import { databaseOf, inClear } from '../../../pwa/src/device/vault/clear.ts';
import { unboxedIn, waitingIn } from '../../../pwa/src/device/waiting.ts';
import { issue, MINE, page, stored, Tablet } from './bench.ts';
import { vaultRow } from './rows.ts';

/** A stand-in for the seal: the clear names as they travel, and something that is not the edit. */
const boxer: Boxer = async ({ a, n, event, id }) => ({ a, n, ...(event && { event }), id, key: 'key-key-key', box: `box-of-${n}` });

interface Asked {
  readonly path: string;
  readonly token: string | null;
  readonly body: { call: number; edits: { box?: string; set?: unknown }[]; waiting: number; persisted: boolean; cursors: object };
}
const asked: Asked[] = [];
let opened: Database[] = [];
let vault = 0;

/** A server that answers every edit with one of these, in turn. */
function answers(acks: readonly string[], more: object = {}, status = 200): void {
  vi.stubGlobal('fetch', async (path: string, init: { headers: Record<string, string>; body: string }) => {
    const body = JSON.parse(init.body);
    asked.push({ path, token: init.headers.authorization ?? null, body });
    const given = (body.edits as unknown[]).map((_, i) => (acks[i % acks.length] ?? 'ok').split(' '));
    const reply = { protocol: 1, epoch: 'epoch-1', call: body.call, now: 1_000, acks: given, streams: {}, closed: [], wipe: false };
    return new Response(JSON.stringify({ ...reply, ...more }), { status });
  });
}

async function tablet(words: readonly string[], box: Boxer = boxer): Promise<{ tablet: Tablet; db: Database; name: string }> {
  vault += 1;
  const name = `v${vault}`;
  await inClear((clear) => clear.vaults.put(vaultRow({ id: name, courier: `token-${name}` })));
  const db = new Database(databaseOf(name));
  opened.push(db);
  const one = await Tablet.open({}, new IndexedDisk(db, plain, box));
  for (const [i, own_words] of words.entries()) await one.writes(issue({ own_words }, `issue-${i}`));
  return { tablet: one, db, name };
}

const goes = (db: Database, batching = new Batching()): ReturnType<typeof boxTrip> =>
  boxTrip({ db, token: 'token-9', batching, now: () => 5, app: 'test', persisted: true });

beforeEach(async () => {
  asked.length = 0;
  await inClear(async (clear) => {
    await clear.vaults.clear();
    await clear.carried.clear();
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  for (const db of opened) db.close();
  opened = [];
});

describe('an edit that is written in a vault', () => {
  test('is kept twice in one transaction: for showing and for sending', async () => {
    const { tablet: one, db } = await tablet(['cold']);
    expect([await db.outbox.count(), (await db.boxes.toArray()).map(({ seq, ack }) => [seq, ack])]).toEqual([1, [[1, '']]]);

    db.boxes.hook('creating').subscribe(() => {
      throw new Error('battery');
    });
    await expect(one.writes(issue({ own_words: 'colder' }, 'issue-2'))).rejects.toThrow('battery');
    expect([await db.outbox.count(), await db.boxes.count(), one.outbox]).toEqual([1, 1, ['cold']]);
  });

  test('travels as its box also while its worker works, and the box goes with its row', async () => {
    const { tablet: one, db } = await tablet(['cold']);
    const { request, sent } = await one.calls();
    expect(request.edits).toEqual([sent[0]?.box]);

    await one.syncs({ acks: [['ok']], streams: { [MINE]: page(0, 1, [stored(sent[0]?.edit ?? ({} as never))]) } });
    expect([one.outbox, await db.boxes.count()]).toEqual([[], 0]);
  });
});

describe('a locked vault', () => {
  test('sends its boxes, in their order, and reads nothing', async () => {
    answers(['ok']);
    const { db } = await tablet(['one', 'two', 'three']);

    expect(await goes(db)).toMatchObject({ kind: 'carried', again: false });

    expect(asked).toMatchObject([{ path: '/api/sync', token: 'Bearer token-9', body: { waiting: 3, cursors: {} } }]);
    expect(asked[0]?.body.edits.map(({ box }) => box)).toEqual(['box-of-1', 'box-of-2', 'box-of-3']);
    expect(JSON.stringify(asked)).not.toMatch(/one|two|three/);
    expect(await waitingIn(db)).toBe(0);
    await goes(db);
    expect(asked[1]?.body.edits).toEqual([]);
  });

  test('keeps the answers until it opens: what was taken is not sent again, what was not is shown to its worker', async () => {
    answers(['ok', 'parked not_allowed', 'refused bad_value', 'repeat']);
    const { tablet: one, db } = await tablet(['one', 'two', 'three', 'four']);
    await goes(db);

    await one.restarts();
    await one.core.answered(await (one.disk as IndexedDisk).answers());

    expect([one.outbox, one.kept, one.refused, one.core.waiting]).toEqual([
      ['one ok', 'four ok'],
      ['two parked not_allowed'],
      ['three refused bad_value'],
      0,
    ]);
    await one.restarts(); // and it is so on the disk
    expect([one.core.waiting, one.kept, (await db.boxes.toArray()).map(({ ack }) => ack)]).toEqual([
      0,
      ['two parked not_allowed'],
      ['ok', 'ok'],
    ]);
  });

  test('throws an answer away when somebody called since: the edits go again and are answered `repeat`', async () => {
    const { db } = await tablet(['one']);
    vi.stubGlobal('fetch', async (_: string, init: { body: string }) => {
      await db.counters.put({ name: 'call', value: 99 });
      const { call } = JSON.parse(init.body);
      return new Response(JSON.stringify({ protocol: 1, epoch: 'e', call, now: 1, acks: [['ok']], streams: {}, closed: [], wipe: false }));
    });

    expect(await goes(db)).toMatchObject({ outcome: { kind: 'late' }, again: true });
    expect(await waitingIn(db)).toBe(1);
  });

  test('is wiped only when nothing waits in it, also nothing that has no box', async () => {
    answers(['parked revoked'], { wipe: true });
    const whole = await tablet(['one']);
    expect(await goes(whole.db)).toMatchObject({ outcome: { wipe: true } });

    const without: Boxer = async (edit) => (edit.n === 1 ? null : boxer(edit));
    const half = await tablet(['one', 'two'], without);
    expect(await goes(half.db)).toMatchObject({ outcome: { wipe: false } });
    expect([await waitingIn(half.db), await unboxedIn(half.db)]).toEqual([1, 1]);
  });

  test.each([
    [503, { kind: 'later' }],
    [401, { kind: 'signed_out', code: 'revoked' }],
    [426, { kind: 'too_old' }],
  ])('keeps everything where the server says %d', async (status, ended) => {
    answers(['ok'], { code: 'revoked' }, status);
    const { db } = await tablet(['one']);

    expect(await goes(db)).toMatchObject(ended);
    expect(await waitingIn(db)).toBe(1);
  });

  test('sends less at once where the server cannot take so much', async () => {
    const { db } = await tablet(['one', 'two', 'three', 'four']);
    vi.stubGlobal('fetch', async (_: string, init: { body: string }) => {
      const { call, edits } = JSON.parse(init.body) as { call: number; edits: unknown[] };
      const acks = edits.map(() => ['ok']);
      const reply = { protocol: 1, epoch: 'e', call, now: 1, acks, streams: {}, closed: [], wipe: false };
      return new Response(JSON.stringify(reply), { status: edits.length > 1 ? 413 : 200 });
    });

    for (let left = 4; left > 0; left -= 1) {
      expect(await waitingIn(db)).toBe(left);
      await goes(db);
    }
    expect(await waitingIn(db)).toBe(0);
  });
});

describe('a box that the server cannot take', () => {
  test.each([
    [400, 'bad_request'],
    [413, 'too_large'],
    [500, 'internal'],
  ])('for %d holds up none behind it, and stays', async (status, code) => {
    const { db } = await tablet(['one', 'two', 'three']);
    vi.stubGlobal('fetch', async (_: string, init: { body: string }) => {
      const { call, edits } = JSON.parse(init.body) as { call: number; edits: { n: number }[] };
      if (edits.some(({ n }) => n === 1)) return new Response(JSON.stringify({ code }), { status });
      const acks = edits.map(() => ['ok']);
      return new Response(JSON.stringify({ protocol: 1, epoch: 'e', call, now: 1, acks, streams: {}, closed: [], wipe: false }));
    });
    const batching = new Batching();
    for (let i = 0; i < 10 && (await waitingIn(db)) > 1; i++) await goes(db, batching);

    expect((await db.boxes.toArray()).map(({ ack }) => ack)).toEqual(['', 'ok', 'ok']);
    expect([await goes(db, batching), await waitingIn(db)]).toMatchObject([{ again: false }, 1]);
  });
});

describe('a file of what did not leave', () => {
  test('goes to another tablet, which sends it by its own device, once', async () => {
    answers(['ok']);
    const { db } = await tablet(['one', 'two']);
    const file = await (await unsentFile()).text();
    expect(file).not.toMatch(/one|two/);
    db.close();
    await inClear((clear) => clear.vaults.clear());
    await tablet([]); // another tablet, of somebody else

    expect([await filesIn(file), await filesIn(file), await carriedWaiting()]).toEqual([2, 0, 2]);
    expect(await carriedTrip()).toMatchObject({ kind: 'carried', again: false });

    expect(asked.at(-1)).toMatchObject({ path: '/api/sealed/import', token: `Bearer token-v${vault}` });
    expect([asked.at(-1)?.body.edits.map(({ box }) => box), await carriedWaiting()]).toEqual([['box-of-1', 'box-of-2'], 0]);
    expect(await filesIn(file)).toBe(0);
  });

  /** As many boxes of another tablet, of so many characters each. */
  const brought = (count: number, size = 1): Promise<number> => {
    const edits = Array.from({ length: count }, (_, i) => ({ a: 'author', n: i + 1, id: 'i', key: 'k', box: 'x'.repeat(size) }));
    return filesIn(JSON.stringify({ edits }));
  };

  test('goes by another vault where the server knows the first one no more', async () => {
    for (const id of ['a', 'b']) await inClear((clear) => clear.vaults.put(vaultRow({ id, courier: `token-${id}` })));
    await brought(1);
    const tokens: (string | undefined)[] = [];
    vi.stubGlobal('fetch', async (_: string, init: { headers: Record<string, string> }) => {
      tokens.push(init.headers.authorization);
      return new Response(JSON.stringify({ acks: [['ok']] }), { status: tokens.length === 1 ? 401 : 200 });
    });

    expect(await carriedTrip()).toMatchObject({ kind: 'carried' });
    expect([tokens, await carriedWaiting()]).toEqual([['Bearer token-a', 'Bearer token-b'], 0]);
  });

  test('goes in parts where it is large', async () => {
    await tablet([]);
    answers(['ok']);
    await brought(9, 88 * 1024);
    while (await carriedWaiting()) await carriedTrip();

    expect(asked.map(({ body }) => body.edits.length)).toEqual([5, 4]);
  });

  test('holds nothing up by what the server will not take: that is kept, and counted', async () => {
    await tablet([]);
    vi.stubGlobal('fetch', async (_: string, init: { body: string }) => {
      const { edits } = JSON.parse(init.body) as { edits: { n: number }[] };
      if (edits.some(({ n }) => n === 1)) return new Response('{"code":"bad_request"}', { status: 400 });
      return new Response(JSON.stringify({ acks: edits.map(({ n }) => (n === 2 ? ['refused', 'bad_value'] : ['ok'])) }));
    });
    await brought(4);
    for (let i = 0; i < 6 && (await carriedWaiting()) > 0; i++) await carriedTrip();

    expect([await carriedWaiting(), await carriedRefused()]).toEqual([0, 2]);
  });

  test.each(['', '{}', '[]', 'null', '{"edits":[{"a":1}]}', '{"edits":[{"a":"x","n":1,"id":"i","key":"k"}]}'])(
    '%j is none',
    async (text) => {
      await expect(filesIn(text)).rejects.toThrow();
      expect(await carriedWaiting()).toBe(0);
    },
  );
});
