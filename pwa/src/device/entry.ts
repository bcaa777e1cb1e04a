/**
 * The ways in: who opens which device on this tablet.
 *
 *     link ──take──→ a vault of its worker's own ─┐   (enrolling.ts)
 *     vault ──unlock──────────────────────────────┼──→ a device
 *     tablet of before vaults ──move in───────────┤
 *     desk ──sign in, key of its copy──────────────┘
 */
import { leaveSign } from './canary.ts';
import type { Codec } from './codec.ts';
import { OpenDevice } from './device.svelte.ts';
import { ApiError, type Pass } from './http.ts';
import { endLeft, type Identity } from './identity.ts';
import { DeviceReminders } from './reminders.ts';
import { Database } from './schema.ts';
import type { Choosing, Shut } from './types.ts';
import { NONE } from './vault/attempts.ts';
import { databaseOf, type VaultRow } from './vault/clear.ts';
import { contactsOf } from './vault/contact.ts';
import { Credentials, openToken, sealToken } from './vault/credentials.ts';
import { deskCopy, deskKey, onceAnswered, serverBack } from './vault/desk.ts';
import { deskDatabaseOf, waitsAtDesk, waitsOfOthers } from './vault/desks.ts';
import { leave, leaveDesk } from './vault/leaving.ts';
import { membershipIn, Sealer } from './vault/membership.ts';
import { moveIn } from './vault/moving.ts';
import { askPasskey, makePasskey } from './vault/passkey.ts';
import { sealing } from './vault/session.ts';
import { stretchInWorker } from './vault/stretch.ts';
import { type Chosen, type Means, newLock, newVaultId, type Unlocked, unlock } from './vault/unlock.ts';
import { adoptWaking } from './waking.ts';

const means: Means = { stretch: stretchInWorker, ask: askPasskey, clockMs: () => performance.now() };

/** Somebody said no to the passkey, or this device has none. */
export class NoPasskey extends Error {
  readonly code = 'no_passkey';
}

/** The device of a vault that is unlocked. Throws `ApiError` where only the server knows whose it is, and cannot be asked. */
export async function opened(row: VaultRow, codec: Codec): Promise<OpenDevice> {
  const db = new Database(databaseOf(row.id));
  const [token] = await Promise.all([openToken(codec, row), sealing().catch(() => undefined)]);
  const membership = await membershipIn(db, codec, token);
  const sealer = new Sealer(db, codec, membership);
  const credentials = new Credentials(row.id, codec, token, sealer);
  const reminders = await DeviceReminders.open({ db, codec, owner: row.id, device: membership.me.device, token: () => credentials.token });
  reminders.begin();
  leaveSign();
  return OpenDevice.open({
    me: membership.me,
    token: () => credentials.token,
    db,
    codec,
    reminders,
    sealer,
    vault: row.id,
    isEmptied: row.isEmptied,
    settle: () => credentials.settle(),
    heard: contactsOf(row.id, Date.now),
    forget: () => {
      reminders.badge(0);
      return leave(row.id);
    },
  });
}

/** A device at the desk. Throws `ApiError` where the server does not tell the key of its copy: `offline`, `signed_out`, `revoked`. */
async function openDesk({ me }: Identity): Promise<OpenDevice> {
  const { db, codec } = await deskCopy(me.member);
  const token = (): Pass => ({ member: me.member });
  await adoptWaking(db.name);
  const reminders = await DeviceReminders.open({ db, codec, owner: db.name, device: me.device, token });
  reminders.begin();
  const forget = (): Promise<void> => {
    reminders.badge(0);
    return leaveDesk(db.name);
  };
  const others = await waitsOfOthers(me.member);
  return OpenDevice.open({ me, token, others, db, codec, reminders, vault: null, forget });
}

/** The desk of who signed in here, or why there is none; neither where they only have to sign in again. */
export async function deskHere(identity: Identity): Promise<{ readonly desk: OpenDevice | null; readonly shut: Shut | null }> {
  try {
    await endLeft(identity);
    return { desk: await openDesk(identity), shut: null };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { member } = identity.me;
    if (error.status !== 401) {
      const isAway = error.code === 'offline';
      const ask = (): Promise<unknown> => endLeft(identity).then(() => deskKey(member));
      void (isAway ? serverBack() : onceAnswered(ask)).then(() => location.reload());
      return { desk: null, shut: isAway ? 'away' : 'odd' };
    }
    if (await waitsAtDesk(member)) return { desk: null, shut: 'waits' };
    if (error.code !== 'revoked') return { desk: null, shut: null };
    await leaveDesk(deskDatabaseOf(member));
    return { desk: null, shut: 'gone' };
  }
}

/** Opens a vault for who knows its secret. */
export async function openVault(id: string, secret: string): Promise<OpenDevice | Exclude<Unlocked, { kind: 'open' }>> {
  const unlocked = await unlock(id, secret, means);
  return unlocked.kind === 'open' ? opened(unlocked.row, unlocked.codec) : unlocked;
}

export interface Made {
  readonly row: Omit<VaultRow, 'token' | 'courier'>;
  readonly codec: Codec;
}

/** A vault as its worker chose it; nothing is kept yet. Throws `NoPasskey`. */
export async function made({ face, tier, secret }: Choosing): Promise<Made> {
  const id = newVaultId();
  const passkey = tier === 'passkey' ? await makePasskey(face) : undefined;
  if (passkey === null) throw new NoPasskey();
  const chosen: Chosen = { tier, secret, passkey };
  const { lock, codec } = await newLock(id, chosen, means);
  return { row: { id, face, lock, attempts: NONE, contactAt: Date.now(), isEmptied: false, stage: 'ready', replaces: '' }, codec };
}

/** A worker of before vaults moves in. Throws `NoPasskey`; everything is where it was then. */
export async function moveHere(identity: Identity, choosing: Choosing): Promise<OpenDevice> {
  const { row, codec } = await made(choosing);
  // The server knows of no courier yet (vault/credentials.ts).
  const ready = { ...row, courier: '', token: await sealToken(codec, identity.token ?? '') };
  await navigator.locks.request('onthaal-moving', () => moveIn(identity, ready, codec));
  return opened(ready, codec);
}
