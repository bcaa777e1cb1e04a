/**
 * Who is signed in on this device. Narrow on purpose: with vaults the worker's part is replaced, and only this file changes.
 * A coordinator has a session cookie, a worker's tablet a token; both remember who they are, to start without a network.
 */
import Dexie, { type EntityTable } from 'dexie';
import { plain } from './codec.ts';
import { ApiError, call, send } from './http.ts';
import type { Me } from './types.ts';

const DATABASE = 'onthaal';
const KEY = 'identity';

export interface Identity {
  readonly me: Me;
  /** `null`: a session cookie. */
  readonly token: string | null;
}

/** The code of a one-time link: in the fragment, which is never sent to a server. */
export function codeInLink(hash: string): string | null {
  return /^#enrol=([A-Za-z0-9_-]{20,100})$/.exec(hash)?.[1] ?? null;
}

interface Row {
  readonly name: string;
  readonly sealed: Uint8Array;
}

/** Not in localStorage: Chromium writes that seconds later, and a battery that is taken out meanwhile would lose the tablet its token. */
async function opened<T>(act: (store: EntityTable<Row, 'name'>) => PromiseLike<T>): Promise<T> {
  const db = new Dexie(DATABASE, { chromeTransactionDurability: 'strict' }) as Dexie & { identity: EntityTable<Row, 'name'> };
  db.version(1).stores({ identity: 'name' });
  try {
    return await act(db.identity);
  } finally {
    db.close();
  }
}

/** The identity kept on this device, or `null`. */
export async function rememberedIdentity(): Promise<Identity | null> {
  const row = await opened((store) => store.get(KEY));
  return row ? plain.open<Identity>('identity', KEY, row.sealed) : null;
}

async function remember(identity: Identity): Promise<Identity> {
  const sealed = await plain.seal('identity', KEY, identity);
  await opened((store) => store.put({ name: KEY, sealed }));
  return identity;
}

export const forgetIdentity = (): Promise<void> => Dexie.delete(DATABASE);

/** A tablet takes a one-time code. Throws `ApiError`: code_used, code_late, not_found, offline. */
export async function enrol(code: string, label: string): Promise<Identity> {
  return remember(await call<Identity>('POST', '/api/enrol', { code, label }, null));
}

/** A coordinator signs in. Throws `ApiError`: wrong_password, too_many, offline. */
export async function signIn(email: string, password: string): Promise<Identity> {
  const me = await call<Me>('POST', '/api/sign-in', { email, password }, null);
  return remember({ me, token: null });
}

/** Ends the token at the server. Throws `ApiError` where the server could not be told. */
export async function endToken({ token }: Identity): Promise<void> {
  const reply = await send('POST', '/api/sign-out', {}, token);
  if (reply.kind === 'offline') throw new ApiError('offline', 0);
}
