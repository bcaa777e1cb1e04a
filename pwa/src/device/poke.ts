/**
 * Listens for "ask again" (station 10). Read with fetch and a stream reader, since EventSource cannot send a token.
 * Reconnects by itself; the courier's other reasons to sync go on without it.
 */
import { fits, type Shape } from '../sync/shapes.ts';
import { authorised, type Pass } from './http.ts';

const AGAIN_MS = 5_000;
const AGAIN_MS_MAX = 120_000;
// The server says something every 10 s. A line that was silent for longer is doubted, one that was so for long is dead:
// a network may be slow, and who stands in the rain wants to know soon whether there is one.
const DOUBTED_MS = 15_000;
const SILENT_MS = 40_000;

/** Stream → its position now. */
export type Positions = Readonly<Record<string, number>>;
const POSITIONS: Shape = { type: 'object', additionalProperties: { type: 'integer' } };

export interface Listening {
  readonly token: () => Pass;
  readonly signal: AbortSignal;
  /** Says `online` when there is a network again; the page, where not given. */
  readonly network?: EventTarget;
  readonly random: () => number;
  /** `null`: nobody listened for a while, so anything may have happened. Said of every line that opens, the first too. */
  readonly onpoke: (positions: Positions | null) => void;
  /** A line that was open is not any more, or has fallen silent: the network may be gone. */
  readonly onlost: () => void;
}

/** Listens until the signal aborts. */
export async function listen({ token, signal, network = globalThis, random, onpoke, onlost }: Listening): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let wasOpen = false;
    try {
      const line = new Line(signal, () => wasOpen && onlost());
      const response = await fetch('/api/poke', { headers: authorised(token()), signal: line.signal, cache: 'no-store' });
      if (response.ok && response.body) {
        failures = 0;
        wasOpen = true;
        for await (const positions of events(response.body, line)) onpoke(positions);
      }
    } catch {
      // Offline, or the server is away: a state, not an error.
    }
    if (signal.aborted) return;
    if (wasOpen) onlost();
    failures += 1;
    const ceiling = Math.min(AGAIN_MS * 2 ** (failures - 1), AGAIN_MS_MAX);
    await pause(ceiling * (0.5 + random() / 2), [
      [signal, 'abort'],
      [network, 'online'],
    ]);
  }
}

/** A connection that ends when nothing was heard for too long. */
class Line {
  readonly #dead = new AbortController();
  readonly signal: AbortSignal;
  readonly #ondoubt: () => void;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(outer: AbortSignal, ondoubt: () => void) {
    this.signal = AbortSignal.any([outer, this.#dead.signal]);
    this.#ondoubt = ondoubt;
    this.heard();
  }

  heard(): void {
    this.close();
    this.#timers = [setTimeout(this.#ondoubt, DOUBTED_MS), setTimeout(() => this.#dead.abort(), SILENT_MS)];
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

async function* events(body: ReadableStream<Uint8Array<ArrayBuffer>>, line: Line): AsyncGenerator<Positions | null> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  let isOpen = false;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      line.heard();
      // The server speaks when it listens, and not before: what changes from here on is told, what changed until now was not.
      if (!isOpen) yield null;
      isOpen = true;
      const parts = (buffer + value).split('\n\n');
      buffer = parts.pop() ?? '';
      for (const part of parts) if (part.startsWith('event: changed')) yield positionsIn(part);
    }
  } finally {
    line.close();
  }
}

/** What an event tells; where that cannot be read, anything may have happened. */
function positionsIn(event: string): Positions | null {
  const data = /^data: ?(.*)$/m.exec(event)?.[1] ?? '';
  try {
    const told: unknown = JSON.parse(data);
    return fits(told, POSITIONS, {}) ? (told as Positions) : null;
  } catch {
    return null;
  }
}

/** Waits, but not beyond any of these events. */
function pause(ms: number, until: readonly (readonly [EventTarget, string])[]): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const done = (): void => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = setTimeout(done, ms);
    for (const [target, name] of until) target.addEventListener(name, done, { signal: over.signal });
  });
}

/** Whether a poke tells of anything that has not been read here. What one sent oneself comes back as a poke, too. */
export function isNews(positions: Positions | null, cursors: ReadonlyMap<string, { readonly cursor: number }>): boolean {
  if (positions === null) return true;
  return Object.entries(positions).some(([name, at]) => at === 0 || (cursors.get(name)?.cursor ?? -1) < at);
}
