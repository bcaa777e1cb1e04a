/**
 * Listens for "ask again". Read with fetch and a stream reader, since EventSource cannot send a token.
 * Reconnects by itself; the courier's other reasons to sync go on without it.
 */
import { authorised } from './http.ts';

const AGAIN_MS = 5_000;

/** Calls `onpoke` at each poke until the signal aborts; `onsignedout` when the token is not good any more. */
export async function listen(token: string | null, signal: AbortSignal, onpoke: () => void): Promise<void> {
  let connected = false;
  while (!signal.aborted) {
    try {
      const response = await fetch('/api/poke', { headers: authorised(token), signal, cache: 'no-store' });
      if (response.ok && response.body) {
        if (connected) onpoke(); // something may have happened in between
        connected = true;
        await read(response.body, onpoke);
      }
    } catch {
      // Offline, or the server is away: a state, not an error.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * (0.5 + Math.random())));
  }
}

async function read(body: ReadableStream<Uint8Array<ArrayBuffer>>, onpoke: () => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const events = buffer.split('\n\n');
    buffer = events.pop() ?? '';
    if (events.some((event) => event.startsWith('event: changed'))) onpoke();
  }
}
