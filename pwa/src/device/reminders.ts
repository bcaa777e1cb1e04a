/**
 * Reminders on this device: whether pushes wake it for who has it open, and the number on the app's icon.
 *
 *     turn on ── permission ── the browser's subscription ── the server knows it ── noted here (waking.ts)
 *     each start: was it renewed, lost or found dead meanwhile? then another is made, and the server told
 *                 none can be made: the server stops, and the screens say so until it is turned on again, or off
 *
 * A browser has one subscription, however many vaults it holds: each tells the server of it by its own token, and the last
 * one that turns reminders off takes it away. A locked vault can tell nothing: what the browser renewed then is told at the
 * unlock, and until then nothing arrives (docs/reminders.md).
 */
import { toBase64 } from './base64.ts';
import type { Codec } from './codec.ts';
import { ApiError, call, type Pass } from './http.ts';
import type { Database } from './schema.ts';
import type { Moments, Preferences, Reminders, Waking, Wishes } from './types.ts';
import { endWaking, noteWaking, wakingOf } from './waking.ts';

interface Means {
  readonly db: Database;
  readonly codec: Codec;
  /** A vault, or the desk. */
  readonly owner: string;
  /** As the server calls it. */
  readonly device: string;
  readonly token: () => Pass;
}

const NAME = 'reminders';
const PATH = '/api/reminders/subscription';
const MOMENTS: Moments = { before: ['P1D', 'PT2H'], evening_at: '18:00' };

export class DeviceReminders implements Reminders {
  moments: Moments = MOMENTS;
  readonly #means: Means;
  #turn: Promise<unknown> = Promise.resolve();
  /** The language that was chosen, until the server knows. */
  #spoken: string | undefined;

  private constructor(means: Means) {
    this.#means = means;
  }

  /** As they were left on this device; no network is waited for. */
  static async open(means: Means): Promise<DeviceReminders> {
    const reminders = new DeviceReminders(means);
    const row = await means.db.meta.get(NAME);
    const kept = row && (await means.codec.open<Moments>('meta', NAME, row.sealed).catch(() => undefined));
    if (kept) reminders.moments = kept;
    return reminders;
  }

  /** Looks now, when the network is back, and when the browser renewed something while this is open. */
  begin(): void {
    void this.settle();
    addEventListener('online', () => void this.settle());
    navigator.serviceWorker?.addEventListener('message', ({ data }) => {
      if ((data as { type?: unknown } | null)?.type === 'RENEWED') void this.settle();
    });
  }

  async waking(): Promise<Waking> {
    if (!('PushManager' in globalThis) || !('Notification' in globalThis)) {
      // Only Apple's browsers say whether the app was opened from the home screen; there pushes are to be had from nowhere else.
      return (navigator as { standalone?: boolean }).standalone === false ? 'home_screen' : 'unsupported';
    }
    if (Notification.permission === 'denied') return 'refused';
    if (Notification.permission !== 'granted' || !(await wakingOf(this.#means.owner))) return 'off';
    return (await this.#subscription()) ? 'on' : 'off';
  }

  async isLost(): Promise<boolean> {
    await this.#turn;
    return (await wakingOf(this.#means.owner)) !== undefined && (await this.waking()) !== 'on';
  }

  async turnOn(language: string): Promise<Waking> {
    const waking = await this.waking();
    if (waking !== 'off') return waking;
    const answer = await Notification.requestPermission();
    if (answer !== 'granted') return answer === 'denied' ? 'refused' : 'off';
    const { own, push_key } = await this.#asked();
    const lost = await wakingOf(this.#means.owner);
    const subscription = await this.#subscribed(push_key, lost?.endpoint);
    if (!subscription) return 'unsupported';
    if (own.language !== language) await this.#wish({ ...own, language });
    await this.#tell(subscription, push_key, language);
    return 'on';
  }

  async turnOff(): Promise<void> {
    await this.#call('DELETE', PATH);
    await endWaking(this.#means.owner);
  }

  /** After what is being told now: a language that was just chosen is among them. */
  async preferences(): Promise<Preferences> {
    await this.#turn;
    return this.#asked();
  }

  async wish(wishes: Wishes): Promise<Preferences> {
    const told = await this.#wish(wishes);
    const row = await wakingOf(this.#means.owner);
    if (row && wishes.language && wishes.language !== row.language) await this.speak(wishes.language);
    return told;
  }

  speak(language: string): Promise<void> {
    return this.#next(async () => {
      this.#spoken = language;
      const row = await wakingOf(this.#means.owner);
      // Noted first: without a network the next start tells it.
      if (row) await noteWaking({ ...row, language, isUntold: true });
      await this.#settle();
    });
  }

  badge(count: number): void {
    if (!('setAppBadge' in navigator)) return;
    // Refused where the app is a tab and not installed: there is no icon then.
    void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
  }

  /** Tells the server what the browser renewed, or lost, meanwhile; one at a time. What cannot be told now is told the next time. */
  settle(): Promise<void> {
    return this.#next(() => this.#settle());
  }

  #next(act: () => Promise<void>): Promise<void> {
    const settled = this.#turn.then(act).catch((error: unknown) => {
      if (!(error instanceof ApiError)) console.error('reminders', error);
    });
    this.#turn = settled;
    return settled;
  }

  async #settle(): Promise<void> {
    const { own, push_key, subscribed, renew } = await this.#asked();
    const row = await wakingOf(this.#means.owner);
    const spoken = this.#spoken ?? (row?.isUntold ? row.language : undefined);
    if (spoken && own.language !== spoken) await this.#wish({ ...own, language: spoken });
    this.#spoken = undefined;
    if (!row) return subscribed ? this.turnOff() : undefined; // turned off here, and the server not told
    // The server dropped it: what the push service called gone stays gone, however often it is told again. A desk's next session
    // was never told: what wakes the other vaults of this browser is not ended for it.
    const isDropped = !subscribed && (row.device ?? this.#means.device) === this.#means.device;
    const dead = isDropped ? row.endpoint : undefined;
    const subscription = await this.#subscribed(push_key, dead).catch((error: unknown) => {
      console.error('subscribe', error);
      return null;
    });
    if (!subscription) {
      if (subscribed) await this.#call('DELETE', PATH);
      return;
    }
    const isNoted = subscription.endpoint === row.endpoint && row.key === push_key;
    const isTold = subscribed && !renew && !row.isUntold && isNoted;
    if (!isTold) await this.#tell(subscription, push_key, row.language);
  }

  #asked(): Promise<Preferences> {
    return this.#heard(this.#call('GET', '/api/reminders/preferences'));
  }

  #wish(wishes: Wishes): Promise<Preferences> {
    return this.#heard(this.#call('PUT', '/api/reminders/preferences', wishes));
  }

  async #heard(asked: Promise<Preferences>): Promise<Preferences> {
    const told = await asked;
    const { is_on, before, evening_at } = told.in_force;
    this.moments = { before: is_on ? before : [], evening_at };
    const { db, codec } = this.#means;
    await db.meta.put({ name: NAME, sealed: await codec.seal('meta', NAME, this.moments) });
    return told;
  }

  async #tell(subscription: PushSubscription, key: string, language: string): Promise<void> {
    const { endpoint, keys } = subscription.toJSON();
    await this.#call('PUT', PATH, { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, key, language });
    const { owner, device } = this.#means;
    await noteWaking({ owner, device, endpoint: subscription.endpoint, language, key });
  }

  async #subscription(): Promise<PushSubscription | null> {
    const registration = await navigator.serviceWorker?.getRegistration();
    return (await registration?.pushManager?.getSubscription()) ?? null;
  }

  /** The browser's subscription; another one where that is `dead`, or takes no pushes that are signed by this key. */
  async #subscribed(applicationServerKey: string, dead?: string): Promise<PushSubscription | null> {
    const registration = await navigator.serviceWorker?.getRegistration();
    if (!registration || Notification.permission !== 'granted') return null;
    const present = await registration.pushManager.getSubscription();
    if (present && present.endpoint !== dead && keyOf(present) === applicationServerKey) return present;
    await present?.unsubscribe();
    return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  }

  #call<T>(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    return call<T>(method, path, body, this.#means.token());
  }
}

function keyOf({ options }: PushSubscription): string {
  const key = options.applicationServerKey;
  return key ? toBase64(new Uint8Array(key)) : '';
}
