/** Puts the device together: disk, core, working set, courier, drafts; and tells the screens how it stands. */
import Dexie from 'dexie';
import { type Actor, judge, type Verdict } from '../sync/access.ts';
import { apply } from '../sync/apply.ts';
import type { Edit } from '../sync/edits.ts';
import { plain } from './codec.ts';
import { Core } from './core.ts';
import { Courier, isFull, type Trip } from './courier.ts';
import { Database, IndexedDisk } from './db.ts';
import type { EditRow } from './disk.ts';
import { KeptDrafts } from './drafts.ts';
import { call } from './http.ts';
import { endToken, forgetIdentity, type Identity } from './identity.ts';
import { newAuthor, newId } from './ids.ts';
import { listen } from './poke.ts';
import { WorkingSet } from './records.svelte.ts';
import type { Attention, Change, Device, Drafts, Me, Records, Status } from './types.ts';
import { Updates } from './updates.ts';

const CLOCK_OFF_MS = 10 * 60_000;
const AFTER_EDIT_MS = 300;
const POKED_WITHIN_MS = 2_000;
const VERSION = '0.1.0';

class LiveStatus implements Status {
  online = $state(navigator.onLine);
  waiting = $state(0);
  attention = $state.raw<readonly Attention[]>([]);
  lastSync = $state<number | null>(null);
  clockOffMin = $state<number | null>(null);
  persisted = $state<boolean | null>(null);
  storage = $state<'ok' | 'full'>('ok');
  signedOut = $state(false);
  tooOld = $state(false);
  update = $state(false);
}

export class OpenDevice implements Device {
  readonly me: Me;
  readonly records: Records;
  readonly drafts: Drafts;
  readonly status = new LiveStatus();
  readonly #identity: Identity;
  readonly #core: Core;
  readonly #db: Database;
  readonly #kept: KeptDrafts;
  readonly #tabs: BroadcastChannel;
  readonly #stop = new AbortController();
  readonly #updates: Updates;
  #courier: Courier | undefined;

  private constructor(identity: Identity, core: Core, db: Database, drafts: KeptDrafts) {
    this.me = identity.me;
    this.#identity = identity;
    this.#core = core;
    this.#db = db;
    this.#kept = drafts;
    this.drafts = drafts;
    this.records = new WorkingSet(core);
    this.#tabs = new BroadcastChannel(db.name);
    this.#updates = new Updates((waits) => {
      this.status.update = waits;
    });
  }

  /** The device of an identity, as it was left: ready to use without a network. */
  static async open(identity: Identity): Promise<OpenDevice> {
    const db = new Database(`onthaal-${identity.me.member}`);
    const core = await Core.open(new IndexedDisk(db, plain), { member: identity.me.member, newAuthor, app: VERSION });
    const device = new OpenDevice(identity, core, db, await KeptDrafts.open(db, plain));
    device.#start();
    return device;
  }

  #start(): void {
    this.#count();
    const signal = this.#stop.signal;
    this.#tabs.onmessage = ({ data }) => void this.#heard(data as string);
    addEventListener('online', () => this.#connected(true), { signal });
    addEventListener('offline', () => this.#connected(false), { signal });
    document.addEventListener('visibilitychange', () => this.#seen(), { signal });
    this.#db.on('versionchange', () => {
      // A newer version of the app wants to change the database: let it, and start anew.
      this.#db.close();
      location.reload();
    });
    void navigator.storage?.persist?.().then((persisted) => {
      this.status.persisted = persisted;
    });
    // One courier per browser profile: whoever holds the lock. It is passed on when this tab goes.
    void navigator.locks.request(`courier-${this.#db.name}`, { signal }, () => this.#carry()).catch(() => undefined);
  }

  /** Carries until the device is closed. */
  async #carry(): Promise<void> {
    const { signal } = this.#stop;
    await this.#core.reload();
    const courier = new Courier({
      core: this.#core,
      token: () => this.#identity.token,
      now: () => Date.now(),
      ontrip: (trip) => void this.#ended(trip),
    });
    this.#courier = courier;
    courier.wake();
    const pokes = listen(this.#identity.token, signal, () => courier.wake(Math.random() * POKED_WITHIN_MS));
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    courier.stop();
    await pokes;
  }

  async #ended(trip: Trip): Promise<void> {
    if (trip.kind === 'wipe') return this.#wipe();
    if (trip.kind === 'signed_out' && trip.code === 'revoked') return this.#wipe();
    this.status.online = trip.kind !== 'offline';
    this.status.signedOut = trip.kind === 'signed_out';
    this.status.tooOld = trip.kind === 'too_old';
    if (trip.kind === 'full') this.status.storage = 'full';
    if (trip.kind === 'done' || trip.kind === 'more') {
      this.status.lastSync = Date.now();
      this.#tabs.postMessage('received');
    }
    this.#count();
  }

  async #heard(message: string): Promise<void> {
    if (message === 'written') {
      await this.#core.reloadEdits();
      this.#courier?.wake(AFTER_EDIT_MS);
    } else if (message === 'received') await this.#core.reload();
    else if (message === 'sync') this.#courier?.wake();
    else if (message === 'gone') location.reload();
    this.#count();
  }

  #connected(online: boolean): void {
    this.status.online = online;
    if (online) this.sync();
  }

  #seen(): void {
    if (document.visibilityState === 'visible') this.sync();
    else void this.#kept.flush();
  }

  #count(): void {
    const { state, offsetMs } = this.#core;
    this.status.waiting = this.#core.waiting;
    this.status.attention = [...state.refused.values(), ...state.kept.values()].flatMap(attention);
    this.status.clockOffMin = offsetMs !== null && Math.abs(offsetMs) > CLOCK_OFF_MS ? Math.round(offsetMs / 60_000) : null;
  }

  async write(change: Change): Promise<void> {
    try {
      await this.#core.write(change, Date.now());
    } catch (error) {
      if (isFull(error)) this.status.storage = 'full';
      throw error;
    }
    this.#count();
    this.#tabs.postMessage('written');
    this.#courier?.wake(AFTER_EDIT_MS);
  }

  may(change: Change): Verdict {
    let edit: Edit;
    try {
      edit = this.#core.draft(change, Date.now());
    } catch {
      return 'not_possible';
    }
    const before = this.#core.shown(change.id);
    const after = apply(before, edit, { by: this.me.member, e: edit.h });
    const actor: Actor = { member: this.me.member, role: this.me.role, service: this.me.service };
    const seen = (dot: string): Edit | undefined => this.#seenEdit(change.id, dot);
    return judge({ actor, before: before ?? undefined, edit, after, e: edit.h, around: this.records, seen });
  }

  /** The edit of a dot, as far as this device can tell: what waits here whole, of others what is live. */
  #seenEdit(id: string, dot: string): Edit | undefined {
    const rows = [...this.#core.state.outbox.values(), ...this.#core.state.kept.values()];
    const own = rows.find((row) => row.edit.id === id && `${row.edit.a}:${row.edit.n}` === dot);
    if (own) return own.edit;
    const record = this.#core.shown(id);
    const version = record?.live.get('state')?.find((v) => `${v.a}:${v.n}` === dot);
    if (!record || !version) return undefined;
    const { kind, event } = record;
    return { a: version.a, n: version.n, h: version.e, kind, id, event, set: { state: version.value }, over: {}, u: 0 };
  }

  async dismiss(seq: number): Promise<void> {
    await this.#core.dismiss(seq);
    this.#count();
    this.#tabs.postMessage('written');
  }

  api<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<T> {
    return call<T>(method, path, body, this.#identity.token);
  }

  newId(): string {
    return newId(this.now());
  }

  now(): number {
    return Date.now() + (this.#core.offsetMs ?? 0);
  }

  sync(): void {
    if (this.#courier) this.#courier.wake();
    else this.#tabs.postMessage('sync');
  }

  applyUpdate(): void {
    void this.#kept.flush().then(() => this.#updates.apply());
  }

  /** Sends what waits, ends the token, then wipes. Throws where something still waits or nobody could be told. */
  async signOut(): Promise<void> {
    if (this.#core.waiting > 0) throw new Error('waiting');
    await endToken(this.#identity);
    await this.#wipe();
  }

  async #wipe(): Promise<void> {
    forgetIdentity();
    this.#stop.abort();
    this.#db.close();
    await Dexie.delete(this.#db.name);
    this.#tabs.postMessage('gone');
    location.replace('/');
  }
}

function attention(row: EditRow): Attention[] {
  const [kind, code = ''] = row.ack.split(' ');
  if ((kind !== 'refused' && kind !== 'parked') || row.ack.endsWith(' seen')) return [];
  return [{ seq: row.seq, kind, code, record: row.edit.id, recordKind: row.edit.kind, set: row.edit.set }];
}
