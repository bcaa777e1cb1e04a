/**
 * Who is signed in on this device without a vault: a coordinator at the desk, by a session cookie; and tablets of before
 * vaults, by a token, until they have moved in (vault/moving.ts). They remember whose they are; what opens a desk's copy is
 * not among it (vault/desk.ts).
 */
import { plain } from './codec.ts';
import { ApiError, call, type Pass, send } from './http.ts';
import { passkeys } from './passkeys.ts';
import type { NamedRow } from './schema.ts';
import type { Entry, Me, SignOptions } from './types.ts';
import { inClear } from './vault/clear.ts';

export const KEY = 'identity';
const PIN = /&pin$/;

/** Whether a link says that its organisation accepted a PIN alone; the server does not take its word for it. */
export const offersPin = (hash: string): boolean => PIN.test(hash);

export interface Identity {
  readonly me: Me;
  /** `null`: a session cookie. */
  readonly token: string | null;
  /** Its desk was left alone: whoever sits there proves who they are, though the session may live. */
  readonly isLeft?: boolean;
}

/** The code of a one-time link that opens a desk (`in`) or enrols a tablet: in the fragment, which is never sent to a server. */
export function codeInLink(what: 'enrol' | 'in', hash: string): string | null {
  const [name, code = ''] = hash.slice(1).replace(PIN, '').split('=');
  return name === what && /^[A-Za-z0-9_-]{20,100}$/.test(code) ? code : null;
}

/** The identity kept on this device, or `null`. */
export const rememberedIdentity = async (): Promise<Identity | null> => openIdentity(await inClear((clear) => clear.identity.get(KEY)));

/** The same, of its row. */
export const openIdentity = async (row: NamedRow | undefined): Promise<Identity | null> =>
  row ? plain.open<Identity>('identity', KEY, row.sealed) : null;

async function remember(identity: Identity): Promise<Identity> {
  const sealed = await plain.seal('identity', KEY, identity);
  // Not in localStorage: Chromium writes that seconds later, and a battery that is taken out meanwhile would lose it.
  await inClear((clear) => clear.identity.put({ name: KEY, sealed }));
  return identity;
}

const api = <T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => call<T>(method, path, body, null);

/** How a coordinator signs in here; `link`: the code of a one-time link, where one was opened. */
export const entryBy = (link: string | null): Entry => ({
  passkeys,
  hasLink: link !== null,
  withLink: () => api<Me>('POST', '/api/sign-in/link', { code: link }),
  host: async () => (await api<{ host: string }>('GET', '/api/sign-in/ways')).host,
  withPasskey: async () => {
    const options = await api<SignOptions>('POST', '/api/passkey/options', {});
    return api<Me>('POST', '/api/passkey/sign-in', await passkeys.sign(options));
  },
  withPassword: (email, password, code) => api<Me>('POST', '/api/sign-in', { email, password, code }),
  api,
  leave: async () => {
    const identity = await rememberedIdentity();
    if (identity) await remember({ ...identity, isLeft: true });
  },
  enter: async () => {
    await remember({ me: await api<Me>('GET', '/api/me'), token: null });
  },
});

/** Ends the session of a desk that was left alone. Throws `ApiError` where the server could not be told. */
export async function endLeft({ isLeft, me: { member } }: Identity): Promise<void> {
  if (!isLeft) return;
  const reply = await send('POST', '/api/sign-out', {}, { member });
  if (reply.kind === 'offline') throw new ApiError('offline', 0);
  if (reply.status >= 500) throw new ApiError('internal', reply.status);
}

/** Ends the token at the server. Throws `ApiError` where the server could not be told. */
export async function endToken(token: Pass): Promise<void> {
  const reply = await send('POST', '/api/sign-out', {}, token);
  if (reply.kind === 'offline') throw new ApiError('offline', 0);
}
