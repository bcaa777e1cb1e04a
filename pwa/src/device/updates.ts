/** A new version of the app waits until nobody is in the middle of a form, and is asked for in words. */
import type { Workbox } from 'workbox-window';
import { ourScript } from './scripts.ts';

const EVERY_MS = 60 * 60_000;

export class Updates {
  #workbox: Workbox | undefined;
  #isOutdated = false;
  /** A newer version waits, or works in another tab. */
  isReady = false;
  readonly #onready: () => void;

  constructor(onready: () => void) {
    this.#onready = onready;
    if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
    let isFirst = navigator.serviceWorker.controller === null;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (isFirst) {
        isFirst = false; // the very first visit: this version is the one that took over
        return;
      }
      // Another tab started the new version; this one runs the old, whose lazy parts are gone.
      this.#isOutdated = true;
      this.#ready();
    });
    void this.#register().catch((error: unknown) => console.error('service worker', error));
    setInterval(() => navigator.onLine && void this.#workbox?.update().catch(() => undefined), EVERY_MS);
  }

  #ready(): void {
    this.isReady = true;
    this.#onready();
  }

  async #register(): Promise<void> {
    const { Workbox } = await import('workbox-window'); // after the first screen
    this.#workbox = new Workbox(ourScript('/sw.js'));
    this.#workbox.addEventListener('waiting', () => this.#ready());
    await this.#workbox.register();
  }

  /** Lets the new version take over and starts it; what was written is kept. */
  apply(): void {
    if (this.#isOutdated) {
      location.reload();
      return;
    }
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    this.#workbox?.messageSkipWaiting();
  }
}

/** A newer version of the app wants to change the database: let it, and start anew. */
export async function makeWay(db: { close(): void }, drafts: { flush(): Promise<void> }): Promise<void> {
  await drafts.flush();
  db.close();
  location.reload();
}
