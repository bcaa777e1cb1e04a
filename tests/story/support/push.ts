/**
 * A push service that others wrote (web-push-testing): it takes what our server sends as the real ones do, checks the
 * signature, opens the encryption and tells what was in it. The only fake: Chromium without Google's servers makes no
 * subscription, so here `PushManager` gets one from this service (docs/reminders.md).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { CDPSession, Page, Worker } from '@playwright/test';
import type { Browser } from './browser.ts';
import { freePort, pause, ROOT } from './demo.ts';

const SERVER = path.join(ROOT, 'tests/support/push-service.cjs');
const WAIT_MS = 60_000;

interface Made {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  readonly clientHash: string;
  /** With which it was asked for. */
  readonly key: string;
}

export class PushService {
  readonly url: string;
  /** The one subscription of the browser, as it is now. */
  current: Made | null = null;
  /** With which key the browser asked for it. */
  key = '';
  readonly #process: ChildProcess;

  private constructor(port: number) {
    this.url = `http://localhost:${port}`;
    this.#process = spawn(process.execPath, [SERVER, String(port)], { stdio: 'ignore' });
  }

  static async start(): Promise<PushService> {
    const service = new PushService(await freePort());
    for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(50)) {
      const answer = await fetch(`${service.url}/status`, { method: 'POST' }).catch(() => undefined);
      if (answer?.ok) return service;
    }
    throw new Error('the push service did not start');
  }

  end(): void {
    this.#process.kill();
  }

  async #ask<T>(where: string, body: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(this.url + where, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { data: T }).data;
  }

  /** A new subscription: the browser's first one, or one it renewed by itself. */
  async subscribe(key = this.key): Promise<Made> {
    this.key = key;
    this.current = { ...(await this.#ask<Omit<Made, 'key'>>('/subscribe', { userVisibleOnly: 'true', applicationServerKey: key })), key };
    return this.current;
  }

  /** What arrived for a subscription, opened, once it is so many. */
  async received(of: Made, count: number): Promise<string[]> {
    let messages: string[] = [];
    for (const end = Date.now() + WAIT_MS; messages.length < count && Date.now() < end; await pause(100)) {
      messages = (await this.#ask<{ messages: string[] }>('/get-notifications', { clientHash: of.clientHash })).messages;
    }
    return messages;
  }

  /** Stands in for the browser's own, on the page that is open and on those to come. */
  async standsIn(browser: Browser): Promise<void> {
    await browser.context.exposeFunction('pushes', async (act: 'get' | 'make' | 'end', key?: string): Promise<Made | null> => {
      if (act === 'make') return this.current ?? this.subscribe(key);
      if (act === 'end') this.current = null;
      return this.current;
    });
    await browser.context.addInitScript(standIn);
    await browser.page.evaluate(standIn);
  }
}

/** Runs in the page. */
function standIn(): void {
  const { pushes } = globalThis as unknown as { pushes: (act: string, key?: string) => Promise<Made | null> };
  const bytes = (key: string): ArrayBuffer =>
    Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0)).buffer;
  const shown = (made: Made | null): PushSubscription | null =>
    made &&
    ({
      endpoint: made.endpoint,
      options: { applicationServerKey: bytes(made.key) },
      toJSON: () => made,
      unsubscribe: async () => (await pushes('end')) === null,
    } as never);
  PushManager.prototype.subscribe = async (options) => shown(await pushes('make', String(options?.applicationServerKey))) as PushSubscription;
  PushManager.prototype.getSubscription = async () => shown(await pushes('get'));
}

/** What a service worker has that a page has not. */
interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  readonly NotificationEvent: new (type: string, init: { notification: Notification; action: string }) => Event;
  readonly ExtendableEvent: new (type: string) => Event;
  readonly clients: { openWindow: (path: string | URL) => Promise<null> };
  dispatchEvent(event: Event): boolean;
}

/** The browser's end of a push service: what arrives wakes the service worker, shown or not, locked or not. */
export class Delivery {
  readonly #cdp: CDPSession;
  readonly #registrationId: string;
  readonly #origin: string;
  readonly worker: Worker;

  private constructor(cdp: CDPSession, registrationId: string, origin: string, worker: Worker) {
    this.#cdp = cdp;
    this.#registrationId = registrationId;
    this.#origin = origin;
    this.worker = worker;
  }

  static async to(page: Page): Promise<Delivery> {
    const cdp = await page.context().newCDPSession(page);
    const registered = new Promise<string>((done) => {
      cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [one] }) => one && done(one.registrationId));
    });
    await cdp.send('ServiceWorker.enable');
    const [worker] = page.context().serviceWorkers();
    if (!worker) throw new Error('no service worker');
    return new Delivery(cdp, await registered, new URL(page.url()).origin, worker);
  }

  /**
   * Delivers a message; gives back what the system then shows of us. A repeat is as good: who asks Chromium what is shown while
   * it is putting that on the screen makes it forget it.
   */
  async shows(data: string): Promise<{ title: string; body: string }[]> {
    for (let tries = 0; tries < 5; tries++) {
      await this.#cdp.send('ServiceWorker.deliverPushMessage', { origin: this.#origin, registrationId: this.#registrationId, data });
      await pause(1000);
      const shown = await this.#shown();
      if (shown.length > 0) return shown;
    }
    return [];
  }

  #shown(): Promise<{ title: string; body: string }[]> {
    return this.worker.evaluate(async () => {
      const { registration } = globalThis as unknown as WorkerScope;
      return (await registration.getNotifications()).map(({ title, body }) => ({ title, body }));
    });
  }

  /** Somebody touches what is shown, or one of its actions. */
  touch(action = ''): Promise<void> {
    return this.worker.evaluate(async (chosen) => {
      const scope = globalThis as unknown as WorkerScope;
      const [notification] = await scope.registration.getNotifications();
      if (!notification) throw new Error('nothing is shown');
      scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, action: chosen }));
    }, action);
  }

  /** Somebody touches what is shown while no window of ours is open; gives back what is opened, which Chromium does for a real finger alone. */
  opens(): Promise<string> {
    return this.worker.evaluate(
      () =>
        new Promise<string>((opened) => {
          const scope = globalThis as unknown as WorkerScope;
          scope.clients.openWindow = async (path) => {
            opened(String(path));
            return null;
          };
          void scope.registration.getNotifications().then(([notification]) => {
            if (notification) scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, action: '' }));
          });
        }),
    );
  }

  /** The browser took its subscription away, and does not say which; gives back the key with which the worker asks for another one. */
  renewed(): Promise<string> {
    return this.worker.evaluate(
      () =>
        new Promise<string>((asked) => {
          const scope = globalThis as unknown as WorkerScope;
          const { pushManager } = scope.registration;
          pushManager.getSubscription = async () => null;
          pushManager.subscribe = async (options) => {
            asked(String(options?.applicationServerKey));
            return null as never;
          };
          scope.dispatchEvent(new scope.ExtendableEvent('pushsubscriptionchange'));
        }),
    );
  }
}
