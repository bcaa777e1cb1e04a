/** Puts the device together: disk, core, working set, courier, drafts; and tells the screens how it stands. */
import type { Verdict } from '../sync/access.ts';
import { alone } from './alone.ts';
import { boxWaiting } from './boxing.ts';
import { bundler } from './bundles.ts';
import { clockThat } from './clock.ts';
import { wordsOf } from './comparing.ts';
import { Core } from './core.ts';
import { Courier, type Trip, trip } from './courier.ts';
import { IndexedDisk } from './db.ts';
import { KeptDrafts } from './drafts.ts';
import { endSent, signOff } from './ending.ts';
import { afterEnd } from './gone.ts';
import { asked, call, callForDocument } from './http.ts';
import { newAuthor, newId } from './ids.ts';
import { verdictOn } from './judging.ts';
import { endedOrLate } from './locking.ts';
import { meBy } from './me.ts';
import type { Opened } from './opened.ts';
import { passkeys } from './passkeys.ts';
import { askToPersist, isPersisted } from './persistence.ts';
import { keepPlace, leave, placeIn } from './place.ts';
import { isNews, listen, type Positions } from './poke.ts';
import { WorkingSet } from './records.ts';
import { LiveStatus } from './status.svelte.ts';
import type { Message } from './tabs.ts';
import type { Change, Device, Drafts, Me, Records, Reminders } from './types.ts';
import { makeWay, Updates } from './updates.ts';
import { watch } from './vault/watch.ts';
import { APP } from './version.ts';

const AFTER_EDIT_MS = 300;
const POKED_WITHIN_MS = 2_000;
const LOST_WITHIN_MS = 500; // not all tablets of a square at once
const WHOLE_FROM = 500; // more changed records than this are read again with all others

export class OpenDevice implements Device {
  readonly records: Records;
  readonly drafts: Drafts;
  readonly reminders: Reminders;
  readonly status = new LiveStatus();
  readonly passkeys = passkeys;
  readonly scan: Device['scan'] = async (video, signal) => (await import('./scanner.ts')).scanned(video, signal);
  readonly wordsOf = wordsOf;
  readonly document: Device['document'] = (path, body) => asked(this.#opened, this.verifier, (pass) => callForDocument(path, body, pass));
  verifier: (() => Promise<boolean>) | null = null;
  readonly #opened: Opened;
  readonly #disk: IndexedDisk;
  readonly #core: Core;
  readonly #kept: KeptDrafts;
  readonly #tabs: BroadcastChannel;
  readonly #stop = new AbortController();
  readonly #updates: Updates;
  readonly #bundle: () => void;
  #courier: Courier | undefined;
  // A clock that was set is not the one that was calibrated: the next reply tells again.
  readonly #clock = clockThat(() => (this.#core.offsetMs = null));
  #isSigningOut = false;

  private constructor(opened: Opened, disk: IndexedDisk, core: Core, drafts: KeptDrafts) {
    this.status.begins(opened);
    this.#opened = opened;
    this.#disk = disk;
    this.#core = core;
    this.#kept = drafts;
    this.drafts = drafts;
    this.reminders = opened.reminders;
    this.records = new WorkingSet(core);
    this.#tabs = new BroadcastChannel(opened.db.name);
    this.#bundle = bundler(opened.db, opened.codec, this.#stop.signal);
    this.#updates = new Updates(() => this.#offerUpdate());
  }

  get me(): Me {
    return meBy(this.#opened.me, this.records.get(this.#opened.me.member));
  }

  /** Nobody is asked to update in the middle of a form. */
  #offerUpdate(): void {
    this.status.update = this.#updates.isReady && !this.#kept.any;
  }

  /** A device as it was left: ready to use without a network. */
  static async open(opened: Opened): Promise<OpenDevice> {
    const { db, codec, sealer, me } = opened;
    const disk = new IndexedDisk(db, codec, sealer?.box);
    await disk.begin();
    const core = await Core.open(disk, { member: me.member, newAuthor, app: APP, persisted: isPersisted, ...(sealer && { sealer }) });
    await core.answered(await disk.answers());
    const device = new OpenDevice(opened, disk, core, await KeptDrafts.open(db, codec));
    device.#start();
    return device;
  }

  #start(): void {
    this.#count();
    const signal = this.#stop.signal;
    this.#tabs.onmessage = ({ data }) => void this.#heard(data as Message);
    for (const way of ['online', 'offline']) addEventListener(way, () => this.#connected(way === 'online'), { signal });
    const isSeen = (): boolean => document.visibilityState === 'visible';
    document.addEventListener('visibilitychange', () => (isSeen() ? this.sync() : void this.#kept.flush()), { signal });
    addEventListener('pagehide', () => void this.#kept.flush(), { signal });
    this.#kept.onany = () => this.#offerUpdate();
    this.#kept.onfull = () => this.#core.makeRoom().finally(() => this.#count());
    this.#opened.db.on('versionchange', () => {
      void makeWay(this.#opened.db, this.#kept);
      return false; // Dexie would close at once, before the drafts are on the disk
    });
    this.#tell({ kind: 'opened' });
    if (this.locks) watch(() => void this.lock(), signal);
    void askToPersist(this.status);
    this.#bundle();
    // One courier per browser profile: whoever holds the lock. It is passed on when this tab goes.
    void navigator.locks.request(`courier-${this.#opened.db.name}`, { signal }, () => this.#carry()).catch(() => undefined);
  }

  /** Carries until the device is closed. */
  async #carry(): Promise<void> {
    const { signal } = this.#stop;
    const { token } = this.#opened;
    const [random, now] = [Math.random, this.#clock];
    const go = async (): Promise<Trip> => {
      this.status.asks();
      await boxWaiting(this.#opened, this.#core, this.#disk);
      return trip({ core: this.#core, token: token(), now });
    };
    const courier = new Courier({ go, now, random, ontrip: (ended) => void this.#ended(ended) });
    this.#courier = courier;
    courier.wake();
    const onpoke = (positions: Positions | null): void => {
      if (isNews(positions, this.#core.state.streams)) courier.wake(random() * POKED_WITHIN_MS);
    };
    const onlost = (): void => {
      this.status.doubts();
      this.#tell({ kind: 'lost' });
      courier.wake(random() * LOST_WITHIN_MS);
    };
    void listen({ token, signal, random, onpoke, onlost });
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    courier.stop();
  }

  async #ended(trip: Trip): Promise<void> {
    const standing = this.status.after(trip, this.#core.batching.held);
    this.status.stands(standing);
    this.#tell({ kind: 'stands', standing });
    if (this.status.revoked && (await this.#wipe())) return;
    if (trip.kind === 'carried') {
      const { outcome } = trip;
      const isWhole = outcome.kind === 'stored' && outcome.complete;
      if (isWhole) this.status.emptied = false;
      await this.#opened.heard?.(isWhole);
      await this.#opened.sealer?.knownAs(this.me);
      if (outcome.kind === 'stored' && outcome.wipe && (await this.#wipe())) return;
      if (outcome.kind === 'stored') this.#kept.dropAbout(outcome.erased);
      const ids = outcome.kind === 'stored' && outcome.changed.size <= WHOLE_FROM ? [...outcome.changed] : null;
      this.#tell({ kind: 'received', ids, offsetMs: this.#core.offsetMs });
      this.#bundle();
    }
    this.#count();
  }

  #tell(message: Message): void {
    this.#tabs.postMessage(message);
  }

  async #heard(message: Message): Promise<void> {
    switch (message.kind) {
      case 'written':
        await this.#core.reloadSome([]);
        this.#courier?.wake(AFTER_EDIT_MS);
        break;
      case 'received':
        await (message.ids ? this.#core.reloadSome(message.ids) : this.#core.reload());
        this.#core.offsetMs = message.offsetMs;
        break;
      case 'again':
        return this.#core.batching.release();
      case 'sync':
        return this.#courier?.wake();
      case 'lost':
        return this.status.doubts();
      case 'stands':
        this.status.stands(message.standing);
        break;
      case 'locked':
        return this.#clear();
      case 'gone':
      case 'revoked':
        return location.replace(afterEnd(message.kind));
    }
    this.#count();
  }

  // Asked in both: a browser's own word may be wrong, and an answer that was underway would have the last one.
  #connected(online: boolean): void {
    this.status.connected(online);
    this.sync();
  }

  #count(): void {
    this.status.follow(this.#core);
  }

  async write(change: Change): Promise<void> {
    await this.#core.write(change, this.#clock()).finally(() => this.#count());
    this.#tell({ kind: 'written' });
    this.#courier?.wake(AFTER_EDIT_MS);
  }

  alone<T>(record: string, act: () => Promise<T>): Promise<T> {
    return alone(this.#core, this.#disk, record, act);
  }

  may(change: Change): Verdict {
    return verdictOn(change, { core: this.#core, me: this.me, around: this.records, nowMs: this.#clock() });
  }

  async dismiss(seq: number): Promise<void> {
    await this.#core.dismiss(seq);
    this.#count();
    this.#tell({ kind: 'written' });
  }

  api<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    return asked(this.#opened, this.verifier, (pass) => call<T>(method, path, body, pass));
  }

  tryAgain(): void {
    this.#core.batching.release();
    this.#tell({ kind: 'again' });
    this.sync();
  }

  newId(): string {
    return newId(this.now());
  }

  now(): number {
    return this.#clock() + (this.#core.offsetMs ?? 0);
  }

  sync(): void {
    if (this.#courier) this.#courier.wake();
    else this.#tell({ kind: 'sync' });
  }

  applyUpdate(): void {
    void this.#kept.flush().then(() => this.#updates.apply());
  }

  /** Sends what waits, ends the token, then wipes. Throws `ApiError`: `waiting` where not all could be sent, or offline. */
  async signOut(): Promise<void> {
    const { settle, token } = this.#opened;
    const still = (isStill: boolean): void => {
      this.#isSigningOut = isStill;
      document.body.inert = isStill;
      if (isStill) this.#tell({ kind: 'locked' });
      else this.sync(); // and where the token was ended, its person hears that
    };
    await signOff({ core: this.#core, sync: () => this.sync(), still, settle, token, end: () => this.#wipe() });
  }

  get locks(): boolean {
    return this.#opened.vault !== null;
  }

  /** Locks the vault here and in all tabs; what is half-written comes back as it was. */
  async lock(): Promise<void> {
    this.#tell({ kind: 'locked' });
    await this.#clear();
  }

  /** Nothing of anybody stays on the screen or in memory: the page goes, and its keys with it. */
  async #clear(): Promise<void> {
    document.body.hidden = true;
    this.#stop.abort();
    keepPlace(this.drafts);
    await endedOrLate([this.#core.settled(), this.#kept.flush()]);
    this.#opened.db.close();
    document.body.replaceChildren();
    leave();
  }

  place(): string | undefined {
    return placeIn(this.drafts, this.#opened.vault);
  }

  /** Forgets all that is here, unless something has not left; resolves whether it did. */
  async #wipe(): Promise<boolean> {
    if (!(await endSent(this.#core, this.#disk))) return false;
    this.#stop.abort();
    this.#opened.db.close();
    await this.#opened.forget();
    const how = this.#isSigningOut ? 'gone' : 'revoked';
    this.#tell({ kind: how });
    location.replace(afterEnd(how));
    return true;
  }
}
