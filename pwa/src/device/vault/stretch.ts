/** Argon2id in a Worker of its own; the Worker ends with the answer, and its 64 MiB with it. */
import type { Asked, Cost } from './argon.ts';

export type Stretch = (secret: string, salt: Uint8Array, cost: Cost) => Promise<Uint8Array<ArrayBuffer>>;

export const stretchInWorker: Stretch = async (secret, salt, cost) => {
  const worker = new Worker(new URL('./stretch.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data as Uint8Array<ArrayBuffer>);
      worker.onerror = (event) => reject(new Error(event.message || 'the worker did not start'));
      worker.postMessage({ secret, salt, cost } satisfies Asked);
    });
  } finally {
    worker.terminate();
  }
};
