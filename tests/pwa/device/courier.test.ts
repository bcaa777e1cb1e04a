import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Carried, Courier, type Rounds, type Trip, trip } from '../../../pwa/src/device/courier.ts';
import { LiveStatus, standingAfter } from '../../../pwa/src/device/status.svelte.ts';
import { issue, MINE, page, Tablet } from './bench.ts';

type Answer = (request: { body: string; headers: Headers; path: string }) => Response | Promise<Response>;

const asked: { body: string; headers: Headers; path: string }[] = [];

/** A server that answers as the test says. `null`: there is no network. */
function serve(answer: Answer | null): void {
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (!answer) throw new TypeError('Failed to fetch');
    const headers = new Headers(init.headers);
    const raw = init.body instanceof ArrayBuffer ? await gunzip(init.body) : String(init.body);
    const request = { body: raw, headers, path };
    asked.push(request);
    return answer(request);
  });
}

const gunzip = (body: ArrayBuffer): Promise<string> =>
  new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream('gzip'))).text();

const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ code, detail: '' }), { status, headers });

/** Takes every edit. */
const well =
  (more: object = {}): Answer =>
  ({ body }) => {
    const { call, edits } = JSON.parse(body) as { call: number; edits: unknown[] };
    const reply = {
      protocol: 1,
      epoch: 'epoch-1',
      call,
      now: Date.now(),
      acks: edits.map(() => ['ok']),
      streams: {},
      closed: [],
      wipe: false,
    };
    return new Response(JSON.stringify({ ...reply, ...more }));
  };

const trips: Trip[] = [];

const carried = (tablet: Tablet): Carried => ({ core: tablet.core, token: 'token-1', now: () => Date.now() });

function rounds(tablet: Tablet, random = 0.5): Rounds {
  return { go: () => trip(carried(tablet)), now: () => Date.now(), random: () => random, ontrip: (one) => trips.push(one) };
}

beforeEach(() => {
  trips.length = 0;
  asked.length = 0;
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('how one trip ends', () => {
  test('with everything carried', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    serve(well());

    expect(await trip(carried(tablet))).toMatchObject({ kind: 'carried', again: false });
    expect([asked[0]?.headers.get('authorization'), asked[0]?.path, tablet.outbox]).toEqual(['Bearer token-1', '/api/sync', []]);
  });

  test.each<[string, Answer | null, object]>([
    ['without a network', null, { kind: 'offline' }],
    ['signed out', () => problem(401, 'signed_out'), { kind: 'signed_out', code: 'signed_out' }],
    ['revoked', () => problem(401, 'revoked'), { kind: 'signed_out', code: 'revoked' }],
    ['with an app too old for the server', () => problem(426, 'protocol'), { kind: 'too_old' }],
    ['sent away for a while', () => problem(429, 'too_many', { 'retry-after': '7' }), { kind: 'later', afterMs: 7000 }],
    ['at a busy server', () => problem(503, 'busy', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }), { kind: 'later', afterMs: 0 }],
    ['at a broken server', () => problem(500, 'internal'), { kind: 'later', afterMs: 0 }],
    ["at the sign-in page of a hall's network", () => new Response('<html>Accept our terms</html>'), { kind: 'later', afterMs: 0 }],
    ['at a box that takes no bodies', () => new Response('<html>no</html>', { status: 400 }), { kind: 'later', afterMs: 0 }],
  ])('%s: the outbox is as it was', async (_, answer, ended) => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    serve(answer);

    expect(await trip(carried(tablet))).toEqual(ended);
    expect([tablet.outbox, tablet.refused]).toEqual([['ENE'], []]);
  });

  test('a body the server will not take is halved, until the one edit is found that it will not take', async () => {
    const tablet = await Tablet.open();
    for (const words of ['one', 'poison', 'three']) await tablet.writes(issue({ own_words: words }, words));
    serve((request) => (request.body.includes('poison') ? problem(413, 'too_large') : well()(request)));

    const ended: string[] = [];
    while (tablet.core.waiting > 0) ended.push((await trip(carried(tablet))).kind);

    expect(ended).toEqual(['halved', 'carried', 'halved', 'halved', 'carried']);
    expect([tablet.refused, tablet.kept]).toEqual([['poison refused bad_value'], ['one ok', 'three ok']]);
  });

  test('an edit at which the server breaks is found, stays unsent, and holds up no other; it is tried again an hour later', async () => {
    const tablet = await Tablet.open();
    for (const words of ['one', 'two', 'poison', 'four']) await tablet.writes(issue({ own_words: words }, words));
    const poisoned: Answer = (request) => (request.body.includes('poison') ? problem(500, 'internal') : well()(request));
    serve(poisoned);
    let nowMs = Date.now();
    const goes = (): Promise<Trip> => trip({ ...carried(tablet), now: () => nowMs });

    const ended: string[] = [];
    while (tablet.core.waiting > 1) ended.push((await goes()).kind);
    expect(ended).toEqual(['later', 'later', 'halved', 'carried', 'later', 'later', 'halved', 'later', 'later', 'later', 'carried']);
    expect([tablet.outbox, tablet.refused]).toEqual([['poison'], []]);

    const stands = async (): Promise<LiveStatus> => {
      const status = new LiveStatus();
      status.stands(standingAfter(await goes(), tablet.core.batching.held));
      status.follow(tablet.core);
      return status;
    };
    // It is not only counted among what waits: it stands where what wants somebody stands, with its words.
    expect(await stands()).toMatchObject({ waiting: 1, attention: [{ kind: 'held', code: 'held', set: { own_words: 'poison' } }] });

    await tablet.writes(issue({ own_words: 'five' }, 'five'));
    expect([await goes(), tablet.outbox]).toMatchObject([{ kind: 'carried', again: false }, ['poison']]);
    serve(well());
    nowMs += 3_600_000;
    expect(await stands()).toMatchObject({ waiting: 0, attention: [] });
  });

  test('what is held goes at once where somebody asks for it', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ own_words: 'poison' }, 'poison'));
    serve((request) => (request.body.includes('poison') ? problem(500, 'internal') : well()(request)));
    for (let i = 0; i < 3; i++) await trip(carried(tablet));
    serve(well());
    await trip(carried(tablet));
    expect(tablet.outbox).toEqual(['poison']);

    tablet.core.batching.release();
    await trip(carried(tablet));
    expect(tablet.outbox).toEqual([]);
  });

  test('a server that breaks at everything, or a box in between, makes no edit be passed over for long', async () => {
    const tablet = await Tablet.open();
    await tablet.writes(issue({ theme: 'ENE' }));
    for (const code of ['', 'internal']) {
      serve(() => problem(500, code));
      for (let i = 0; i < 4; i++) expect(await trip(carried(tablet))).toMatchObject({ kind: 'later' });
    }
    serve(well());
    await trip(carried(tablet));

    expect(tablet.outbox).toEqual([]);
  });

  test('a large body goes compressed', async () => {
    const tablet = await Tablet.open();
    for (let i = 0; i < 60; i++) await tablet.writes(issue({ own_words: 'x'.repeat(200) }, `issue-${i}`));
    serve(well());
    await trip(carried(tablet));

    expect([asked[0]?.headers.get('content-encoding'), tablet.core.waiting]).toEqual(['gzip', 0]);
  });
});

describe('when the courier goes', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_795_322_400_000 }));

  /** What the courier did until some time has passed. */
  async function pass(ms: number): Promise<number> {
    await vi.advanceTimersByTimeAsync(ms);
    return trips.length;
  }

  test('soon after it is woken, once for many edits, and then every five minutes', async () => {
    const tablet = await Tablet.open();
    serve(well());
    const courier = new Courier(rounds(tablet));
    for (let i = 0; i < 5; i++) courier.wake(300);

    expect([await pass(299), await pass(1), await pass(299_000), await pass(1_000)]).toEqual([0, 1, 1, 2]);
    courier.stop();
    expect(await pass(900_000)).toBe(2);
  });

  test('soon, though edits go on and on: a later wake does not put off an earlier one', async () => {
    const tablet = await Tablet.open();
    serve(well());
    const courier = new Courier(rounds(tablet));
    for (let i = 0; i < 10; i++) {
      courier.wake(300);
      await pass(100);
    }

    expect(trips.length).toBeGreaterThanOrEqual(3);
    courier.stop();
  });

  test('again at once while there is more', async () => {
    const tablet = await Tablet.open();
    let pages = 3;
    serve((request) => well({ streams: { [MINE]: page(0, 1, [], { more: --pages > 0 }) } })(request));
    const courier = new Courier(rounds(tablet));
    courier.wake();

    expect(await pass(10)).toBe(3);
    courier.stop();
  });

  test('without a network at growing distances by chance, at most five minutes, and at once when somebody asks', async () => {
    const tablet = await Tablet.open();
    serve(null);
    const courier = new Courier(rounds(tablet, 1));
    courier.wake();
    const at: number[] = [];
    const begin = Date.now();
    for (let seen = 0; at.length < 10; await vi.advanceTimersByTimeAsync(500)) {
      if (trips.length > seen) at.push(Math.round((Date.now() - begin) / 1000));
      seen = trips.length;
    }
    const distances = at.slice(1).map((s, i) => s - (at[i] ?? 0));

    expect(distances.map((s) => Math.round(s))).toEqual([4, 8, 16, 32, 64, 128, 256, 300, 300].map((s) => expect.closeTo(s, -0.5)));
    const before = trips.length;
    courier.wake();
    expect(await pass(1)).toBe(before + 1);
    courier.stop();
  });

  test('not before the time the server asked for, whatever is written', async () => {
    const tablet = await Tablet.open();
    serve(() => problem(429, 'too_many', { 'retry-after': '30' }));
    const courier = new Courier(rounds(tablet));
    courier.wake();
    await pass(1);
    courier.wake(300);

    expect([await pass(29_000), await pass(1_100)]).toEqual([1, 2]);
    courier.stop();
  });

  test('though the clock was set back by a day in between', async () => {
    const tablet = await Tablet.open();
    serve(well());
    const courier = new Courier(rounds(tablet));
    courier.wake();
    await pass(1);
    vi.setSystemTime(Date.now() - 86_400_000);
    courier.wake(300);

    expect(await pass(300_000)).toBeGreaterThanOrEqual(2);
    courier.stop();
  });

  test('once more when it was woken while it was on its way', async () => {
    const tablet = await Tablet.open();
    const answers: (() => void)[] = [];
    serve((request) => new Promise((resolve) => answers.push(() => resolve(well()(request)))));
    const courier = new Courier(rounds(tablet));
    courier.wake();
    await pass(1);
    await tablet.writes(issue({ theme: 'ENE' }));
    courier.wake(300);
    answers[0]?.();
    await pass(1);
    answers[1]?.();
    await pass(1);

    expect([trips.length, tablet.outbox]).toEqual([2, []]);
    courier.stop();
  });

  test('goes on after something broke', async () => {
    const tablet = await Tablet.open();
    const complained = vi.spyOn(console, 'error').mockImplementation(() => {});
    serve((request) => (asked.length === 1 ? new Response('{"protocol":1}') : well()(request)));
    const courier = new Courier(rounds(tablet));
    courier.wake();

    expect(await pass(10_000)).toBeGreaterThanOrEqual(2);
    expect([trips[0]?.kind, trips[1]?.kind]).toEqual(['later', 'carried']);
    expect(complained).toHaveBeenCalledOnce();
    complained.mockRestore();
    courier.stop();
  });
});
