/** What the screens get of the device. They import this and nothing else from here. */
import type { Around, Known, Verdict } from '../sync/access.ts';
import type { Value, Version } from '../sync/edits.ts';

/** Who is signed in on this device. */
export interface Me {
  readonly member: string;
  readonly display_name: string;
  readonly role: string;
  readonly service: string | null;
  readonly organisation: string;
  readonly device: string;
  /** Nothing goes before a second factor is set up. */
  readonly unready?: boolean;
}

/** A vault as anybody sees it who takes the tablet: the animal its worker chose, and what has not left it. */
export interface Vault {
  readonly id: string;
  readonly face: string;
  /** How it is unlocked; `null` where its keys were erased. */
  readonly tier: 'passkey' | 'passphrase' | 'pin' | null;
  readonly waiting: number;
  /** Of these, how many have no box: they leave when their worker unlocks. */
  readonly bound: number;
  readonly waitMs: number;
  readonly triesLeft: number;
}

/** Why nothing should be kept in this browser: a tab of an iPad, which has to be on the home screen first; a private window. */
export type Unfit = 'home_screen' | 'private';

/** Whether a link works; `away`: no server could be asked, `often`: too many were tried from here. */
export type Looked = 'works' | 'not' | 'away' | 'often';

/** Why a desk stays shut: no word of the server, or an `odd` one; its session is over, and something `waits` in its copy; it was ended from afar. */
export type Shut = 'away' | 'odd' | 'waits' | 'gone';

/** How many words a passphrase has: 55 bits, which a stolen disk does not give up (docs/security.md). */
export const PASSPHRASE_WORDS = 5;

/** How a worker wants to unlock from now on. */
export interface Choosing {
  readonly face: string;
  readonly tier: 'passkey' | 'passphrase' | 'pin';
  readonly secret: string;
}

/** How it stands with a vault that waits for a coordinator; `unknown`: the server never heard of it. */
export type Standing = 'waiting' | 'confirmed' | 'refused' | 'stopped' | 'late' | 'unknown';

/** A tablet that took a link, as the server tells the desk of it. */
export interface WaitingTablet {
  readonly id: string;
  readonly member: string;
  readonly label: string;
  readonly language: 'nl' | 'fr' | 'en';
  readonly code_hash: string;
  readonly key: string;
}

/** A change of one record. `over: 'all'` settles a conflict: the author saw every version, not only the shown one. */
export interface Change {
  readonly kind: string;
  readonly id: string;
  readonly event: string;
  readonly set: Readonly<Record<string, Value>>;
  readonly over?: 'shown' | 'all';
}

/** A record as a person sees it here: the server's, with what waits on this tablet folded over it. */
export interface Shown extends Known {
  /** When the shown value of a field was set, in ms; 0 where it was not. */
  at(field: string): number;
  /** Who set the shown value of a field; '' where nobody did. */
  by(field: string): string;
  /** When the record was first made, in ms: the earliest of its live values. */
  readonly made: number;
  /** When its latest live value was set, in ms. */
  readonly changed: number;
  /** Something of it has not left this tablet. */
  readonly waiting: boolean;
  readonly conflicts: ReadonlyMap<string, readonly Version[]>;
}

/** The working set, held in memory. Reading it in a component keeps the component fresh. */
export interface Records extends Around {
  all(kind: string): readonly Shown[];
  get(id: string): Shown | undefined;
  naming(id: string): readonly Shown[];
}

/** An edit that needs somebody: refused by the server, laid before the coordinator, or held here since the server breaks at it. */
export interface Attention {
  readonly seq: number;
  readonly kind: 'refused' | 'parked' | 'held';
  readonly code: string;
  readonly record: string;
  readonly recordKind: string;
  readonly set: Readonly<Record<string, Value>>;
}

export interface Status {
  readonly online: boolean;
  readonly waiting: number;
  readonly attention: readonly Attention[];
  readonly lastSync: number | null;
  /** How far this tablet's clock is off, in minutes, where that is more than ten. */
  readonly clockOffMin: number | null;
  readonly persisted: boolean | null;
  readonly storage: 'ok' | 'full';
  readonly signedOut: boolean;
  /** Signed out by somebody else: what waits here cannot be sent by this device any more. */
  readonly revoked: boolean;
  readonly tooOld: boolean;
  readonly update: boolean;
  /** What was read here was dropped, since nobody had heard of this tablet for too long; it has not come back yet. */
  readonly emptied: boolean;
  /** How many edits of other coordinators wait in this browser; they leave when those sign in here. */
  readonly others: number;
}

/** Half-written text, kept per key stroke; comes back exactly as it was. */
export interface Drafts {
  get(key: string): string | undefined;
  set(key: string, text: string): void;
  drop(key: string): void;
  /** Drops a draft that was kept as `text`; where more was typed meanwhile, it stays. */
  dropKept(key: string, text: string): void;
  /** Every draft whose key begins so. */
  under(prefix: string): readonly (readonly [key: string, text: string])[];
}

/** Whether pushes wake this device for who has it open. `refused`: by the person or the browser; `home_screen`: only the installed app can. */
export type Waking = 'on' | 'off' | 'refused' | 'home_screen' | 'unsupported';

/** When somebody is reminded of a promise: docs/reminders.md says what each means. */
export interface Moments {
  /** `PnD`: the evening n days before; `PTnH`, `PTnM`: so long before its hour. */
  readonly before: readonly string[];
  readonly evening_at: string;
}

/** What somebody, or their organisation, may wish of reminders. */
export interface Wish extends Moments {
  readonly is_on: boolean;
  readonly quiet_from: string;
  readonly quiet_until: string;
  /** 1 Monday to 7 Sunday. */
  readonly quiet_days: readonly number[];
  readonly per_day: number;
  readonly digest: boolean;
  readonly digest_at: string;
  readonly language: string;
  readonly zone: string;
}
/** `null`: as the organisation has it, else as it is where nobody wished anything. */
export type Wishes = { readonly [K in keyof Wish]: Wish[K] | null };

export interface Preferences {
  readonly own: Wishes;
  readonly organisation: Wishes;
  readonly in_force: Wish;
  readonly push_key: string;
  readonly subscribed: boolean;
  readonly renew: boolean;
}

/** Reminders of this device. What needs the server throws `ApiError`. */
export interface Reminders {
  /** As they were last heard of: without a network too. */
  readonly moments: Moments;
  waking(): Promise<Waking>;
  /** It was turned on here, and the browser no longer does it: nobody turned it off. */
  isLost(): Promise<boolean>;
  /** Begins with the browser's own question, so it is called by a touch. `language`: of what is shown. */
  turnOn(language: string): Promise<Waking>;
  turnOff(): Promise<void>;
  preferences(): Promise<Preferences>;
  wish(wishes: Wishes): Promise<Preferences>;
  /** Another language was chosen for the screens: reminders speak it too, from the next network on. */
  speak(language: string): Promise<void>;
  /** The number on the app's icon, where there is one. */
  badge(count: number): void;
}

export interface Device {
  readonly me: Me;
  readonly records: Records;
  readonly status: Status;
  readonly drafts: Drafts;
  /** Resolves when the edit is kept on this tablet, not before. Rejects where it could not be kept. */
  write(change: Change): Promise<void>;
  /** Acts while no other tab of this tablet acts so on it, seeing all that they kept of `record`: for what reads, then writes. */
  alone<T>(record: string, act: () => Promise<T>): Promise<T>;
  /** Why the server would park this change; screens hide what it would refuse. */
  may(change: Change): Verdict;
  /** Take an edit that needed attention off the list. */
  dismiss(seq: number): Promise<void>;
  /** Sends what is held again, now. */
  tryAgain(): void;
  /** A call for what only the server knows; where it asks who is there, `verifier` does, and the call goes on. Throws `ApiError`. */
  api<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** A document that the server makes, such as an export; asks who is there as `api` does. Throws `ApiError`. */
  document(path: string, body: unknown): Promise<File>;
  readonly reminders: Reminders;
  /** What the first QR says that the camera sees; `null` where `signal` was first. Throws `ApiError` no_camera. */
  readonly scan: (video: HTMLVideoElement, signal: AbortSignal) => Promise<string | null>;
  readonly passkeys: Passkeys;
  /** The four words that a tablet must show which took a link. */
  wordsOf(tablet: WaitingTablet): Promise<readonly string[]>;
  /** Asks who is there; resolves whether they proved it. Set by the shell. */
  verifier: (() => Promise<boolean>) | null;
  newId(): string;
  now(): number;
  sync(): void;
  applyUpdate(): void;
  signOut(): Promise<void>;
  /** Whether its shield locks it, as a vault's does; a desk is locked when it was left alone. */
  readonly locks: boolean;
  /** Locks it: the page goes, with everything in it. */
  lock(): Promise<void>;
  /** Where its worker was when it was locked; told once. */
  place(): string | undefined;
}

export interface Named {
  readonly id: string;
}
/** What the server says of a passkey that is to sign; binary parts are base64url. */
export interface SignOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly timeout: number;
  readonly allowCredentials: readonly Named[];
}
/** What the server says of a passkey that is to be made. */
export interface MakeOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: readonly { readonly type: 'public-key'; readonly alg: number }[];
  readonly timeout: number;
  readonly excludeCredentials: readonly Named[];
}

/** The passkeys of this browser. Both acts throw `ApiError` passkey_stopped. */
export interface Passkeys {
  /** Whether those of this host can be used on this page. */
  has(host: string): boolean;
  sign(options: SignOptions): Promise<Record<string, string>>;
  make(options: MakeOptions): Promise<Record<string, string>>;
}

/** How a coordinator signs in here, and sets up what is missing before the first time. All throw `ApiError`. */
export interface Entry {
  readonly passkeys: Passkeys;
  /** The host at which passkeys work. */
  host(): Promise<string>;
  withPasskey(): Promise<Me>;
  /** Whether the page was opened by a one-time link of a desk. */
  readonly hasLink: boolean;
  withLink(): Promise<Me>;
  /** Code `code_needed`: the password is right, and a code is asked for. */
  withPassword(email: string, password: string, code: string): Promise<Me>;
  api<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>;
  /** Remembers who is signed in. */
  enter(): Promise<void>;
  /** Its desk is left alone: from its next start on it asks who is there, though the session may live. */
  leave(): Promise<void>;
}
