/** Stretches a secret beside the screen, which stays alive meanwhile. */
import { type Asked, stretch } from './argon.ts';

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  stretch(data.secret, data.salt, data.cost).then(
    (bytes) => self.postMessage(bytes, [bytes.buffer]),
    // A rejection in a worker reaches nobody by itself.
    (error: unknown) => self.reportError(error),
  );
};
