import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isNews, listen, type Positions } from '../../../pwa/src/device/poke.ts';

const pokes: (Positions | null)[] = [];
let losses = 0;
let lines: { say: (text: string) => void; end: () => void; headers: Headers }[] = [];
let stop = new AbortController();
let network = new EventTarget();

/** A server that keeps the line open; or answers with a status alone. */
function serve(status = 200): void {
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (own) => {
        controller = own;
        controller.enqueue(new TextEncoder().encode(': listening\n\n'));
      },
    });
    init.signal?.addEventListener('abort', () => controller?.error(new DOMException('aborted', 'AbortError')));
    lines.push({
      say: (text) => controller?.enqueue(new TextEncoder().encode(text)),
      end: () => controller?.close(),
      headers: new Headers(init.headers),
    });
    return new Response(status === 200 ? body : null, { status });
  });
}

function start(): void {
  const onpoke = (positions: Positions | null): unknown => pokes.push(positions);
  void listen({ token: () => 'token-1', signal: stop.signal, network, random: () => 1, onpoke, onlost: () => (losses += 1) });
}

const pass = (ms = 1): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  pokes.length = 0;
  losses = 0;
  lines = [];
  stop = new AbortController();
  network = new EventTarget();
});

afterEach(async () => {
  stop.abort();
  await pass();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('listening for pokes', () => {
  test('hears what changed, in whatever pieces it comes, and takes a comment for nothing', async () => {
    serve();
    start();
    await pass();
    for (const piece of [': quiet\n\n', 'event: chan', 'ged\ndata: {"event:1"', ':7}\n', '\nevent: changed\ndata: {"org":2}\n\n']) {
      lines[0]?.say(piece);
      await pass();
    }

    expect([pokes, lines[0]?.headers.get('authorization')]).toEqual([[null, { 'event:1': 7 }, { org: 2 }], 'Bearer token-1']);
  });

  test('opens the line again when it ended, and then anything may have happened', async () => {
    serve();
    start();
    await pass();
    lines[0]?.end();
    await pass(6_000);

    expect([lines.length, pokes]).toEqual([2, [null, null]]);
  });

  test('asks when its first line opens: something may have changed between the call at the start and this', async () => {
    serve();
    start();
    await pass();

    expect(pokes).toEqual([null]);
  });

  test('opens its line as soon as there is a network, however long it had to wait for one', async () => {
    serve(503);
    start();
    await pass(10 * 60_000);
    const tries = lines.length;
    serve();
    await pass(1_000);
    expect(pokes).toEqual([]);

    network.dispatchEvent(new Event('online'));
    await pass();

    expect([lines.length, pokes]).toEqual([tries + 1, [null]]);
  });

  test('doubts a line that has fallen silent, long before it opens another one; one that speaks is not doubted', async () => {
    serve();
    start();
    for (let beats = 0; beats < 6; beats++) {
      await pass(10_000);
      lines[0]?.say(': quiet\n\n');
    }
    await pass();
    expect(losses).toBe(0);

    await pass(15_000);
    expect([losses, lines.length]).toEqual([1, 1]);
    lines[0]?.say(': quiet\n\n'); // it was only slow
    await pass(14_000);
    expect([losses, lines.length]).toEqual([1, 1]);
  });

  test('opens the line again when it went dead without a word', async () => {
    serve();
    start();
    await pass(35_000);
    lines[0]?.say(': quiet\n\n');
    await pass(35_000);
    expect(lines.length).toBe(1);

    await pass(20_000);
    expect(lines.length).toBe(2);
  });

  test('tells of a line that was lost at once, and not of one that could not be opened', async () => {
    serve();
    start();
    await pass();
    serve(503);
    lines[0]?.end();
    await pass();
    expect(losses).toBe(1);

    await pass(10 * 60_000);
    expect(losses).toBe(1);
  });

  test('tells of a line that is silent for longer than the server ever is', async () => {
    serve();
    start();
    await pass(14_000);
    expect(losses).toBe(0);

    await pass(2_000);
    expect(losses).toBe(1);
  });

  test('asks ever more seldom where nobody lets it in', async () => {
    serve(401);
    start();
    await pass(15 * 60_000);

    expect(lines.length).toBeLessThan(14);
    expect(lines.length).toBeGreaterThan(5);
  });

  test('stops when the device is closed', async () => {
    serve();
    start();
    await pass();
    stop.abort();
    await pass(600_000);

    expect([lines.length, losses]).toEqual([1, 0]);
  });
});

describe('what is news', () => {
  const cursors = new Map([['org', { cursor: 5 }]]);

  test.each([
    ['what was read here already', { org: 5 }, false],
    ['what was not', { org: 6 }, true],
    ['a stream that is not known here', { 'event:1': 1 }, true],
    ['"ask anyway"', { org: 0 }, true],
    ['a line that was closed for a while', null, true],
  ])('%s', (_, positions, news) => {
    expect(isNews(positions as Positions | null, cursors)).toBe(news);
  });
});
