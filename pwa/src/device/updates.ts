/** A new version of the app waits until nobody is in the middle of a form, and is asked for in words. */
import { Workbox } from 'workbox-window';

const EVERY_MS = 60 * 60_000;

export class Updates {
  #workbox: Workbox | undefined;

  constructor(onwaiting: () => void) {
    if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
    this.#workbox = new Workbox('/sw.js');
    this.#workbox.addEventListener('waiting', onwaiting);
    void this.#workbox.register().catch((error: unknown) => console.error('service worker', error));
    setInterval(() => navigator.onLine && void this.#workbox?.update().catch(() => undefined), EVERY_MS);
  }

  /** Lets the new version take over and starts it; what was written is kept. */
  apply(): void {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    this.#workbox?.messageSkipWaiting();
  }
}
