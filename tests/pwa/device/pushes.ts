/** Both ends of a subscription to pushes: a browser with its one, and the server that is told of it by each vault. */
import { vi } from 'vitest';
import { fromBase64, toBase64 } from '../../../pwa/src/device/base64.ts';
import type { Preferences, Wish, Wishes } from '../../../pwa/src/device/types.ts';

interface Subscription {
  readonly endpoint: string;
  readonly options: { readonly applicationServerKey: ArrayBuffer };
  toJSON(): unknown;
  unsubscribe(): Promise<boolean>;
}

/** A browser: what its person answers, and its one subscription. */
export class FakeBrowser {
  answer: NotificationPermission = 'granted';
  /** Whether its push service answers. */
  isServed = true;
  made = 0;
  subscription: Subscription | null = null;

  renew(key: string): Subscription {
    this.made += 1;
    const endpoint = `https://push.example/${this.made}`;
    this.subscription = {
      endpoint,
      options: { applicationServerKey: fromBase64(key).buffer },
      toJSON: () => ({ endpoint, keys: { p256dh: `p${this.made}`, auth: 'a' } }),
      unsubscribe: async () => {
        this.subscription = null;
        return true;
      },
    };
    return this.subscription;
  }

  install(): void {
    const pushManager = {
      getSubscription: async () => this.subscription,
      subscribe: async ({ applicationServerKey: key }: { applicationServerKey: string }) => {
        if (!this.isServed) throw new DOMException('x', 'AbortError');
        const made = this.subscription?.options.applicationServerKey;
        if (made && toBase64(new Uint8Array(made)) !== key) throw new DOMException('x', 'InvalidStateError');
        return this.subscription ?? this.renew(key);
      },
    };
    const registration = { pushManager, unregister: async () => true };
    const serviceWorker = { getRegistration: async () => registration, getRegistrations: async () => [registration] };
    vi.stubGlobal('navigator', { serviceWorker, locks: navigator.locks });
    vi.stubGlobal('PushManager', class {});
    const notification = { permission: 'default', requestPermission: async () => (notification.permission = this.answer) };
    vi.stubGlobal('Notification', notification);
  }
}

const IN_FORCE: Wish = {
  is_on: true,
  before: ['P1D'],
  evening_at: '18:00',
  quiet_from: '21:00',
  quiet_until: '08:00',
  quiet_days: [7],
  per_day: 5,
  digest: false,
  digest_at: '08:30',
  language: 'nl',
  zone: 'Europe/Brussels',
};
export const NOTHING_WISHED = Object.fromEntries(Object.keys(IN_FORCE).map((name) => [name, null])) as Wishes;

/** The server's part of the API. */
export class FakeServer {
  isReachable = true;
  key = 'key1';
  calls: string[] = [];
  readonly known = new Map<string, { endpoint: string; key: string; language: string }>();
  readonly wishes = new Map<string, Partial<Wishes>>();

  install(): void {
    vi.stubGlobal('fetch', async (path: string, init: { method: string; headers: Record<string, string>; body: string | null }) => {
      if (!this.isReachable) throw new TypeError('offline');
      if (path === '/api/forget') return new Response('{}');
      const token = init.headers.authorization ?? '';
      this.calls.push(`${init.method} ${path}`);
      if (path.endsWith('/subscription') && init.method === 'PUT') this.known.set(token, JSON.parse(init.body ?? ''));
      if (path.endsWith('/subscription') && init.method === 'DELETE') this.known.delete(token);
      if (path.endsWith('/preferences') && init.method === 'PUT') this.wishes.set(token, JSON.parse(init.body ?? ''));
      return new Response(JSON.stringify(this.#preferences(token)));
    });
  }

  #preferences(token: string): Preferences & { readonly calendar: null } {
    const here = this.known.get(token);
    const in_force = { ...IN_FORCE, before: ['P2D'], evening_at: '19:00' };
    const own = { ...NOTHING_WISHED, per_day: 2, ...this.wishes.get(token) };
    const renew = here !== undefined && here.key !== this.key;
    return { own, organisation: NOTHING_WISHED, in_force, push_key: this.key, subscribed: here !== undefined, renew, calendar: null };
  }

  endpointOf = (owner: string): string | undefined => this.known.get(`Bearer ${owner}`)?.endpoint;
}
