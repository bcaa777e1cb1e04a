/**
 * Who is signed in on this device. Narrow on purpose: with vaults the worker's part is replaced, and only this file changes.
 * A coordinator has a session cookie, a worker's tablet a token; both remember who they are, to start without a network.
 */
import { ApiError, call, send } from './http.ts';
import type { Me } from './types.ts';

const KEY = 'onthaal.identity';

export interface Identity {
  readonly me: Me;
  /** `null`: a session cookie. */
  readonly token: string | null;
}

/** The code of a one-time link: in the fragment, which is never sent to a server. */
export function codeInLink(hash: string): string | null {
  return /^#enrol=([A-Za-z0-9_-]{20,100})$/.exec(hash)?.[1] ?? null;
}

/** The identity kept on this device, or `null`. */
export function rememberedIdentity(): Identity | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Identity | null;
  } catch {
    return null;
  }
}

function remember(identity: Identity): Identity {
  localStorage.setItem(KEY, JSON.stringify(identity));
  return identity;
}

export const forgetIdentity = (): void => localStorage.removeItem(KEY);

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
