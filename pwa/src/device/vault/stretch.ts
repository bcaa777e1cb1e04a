/** Argon2id in a Worker of its own; the Worker ends with the answer, and its 64 MiB with it. */
import { ourScript } from '../scripts.ts';
import type { Asked, Cost } from './argon.ts';
import address from './stretch.worker.ts?worker&url';

export type Stretch = (secret: string, salt: Uint8Array, cost: Cost) => Promise<Uint8Array<ArrayBuffer>>;

export const stretchInWorker: Stretch = async (secret, salt, cost) => {
  const worker = new Worker(ourScript(address), { type: 'module' });
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
