/**
 * What a browser does with passkeys, between the server's options and its answers. Only what the server needs is sent: `credential.toJSON()` may hold
 * secrets of extensions.
 */
import { fits, type Shape } from '../sync/shapes.ts';
import { fromBase64 } from './base64.ts';
import { ApiError } from './http.ts';
import type { MakeOptions, Named, SignOptions } from './types.ts';

const TEXT: Shape = { type: 'string' };
const NAMED: Shape = { type: 'array', items: table({ id: TEXT }) };
const SIGNS = table({ challenge: TEXT, rpId: TEXT, timeout: { type: 'integer' }, allowCredentials: NAMED });
const MAKES = table({
  challenge: TEXT,
  rp: table({ id: TEXT, name: TEXT }),
  user: table({ id: TEXT, name: TEXT, displayName: TEXT }),
  pubKeyCredParams: { type: 'array', items: table({ type: { enum: ['public-key'] }, alg: { type: 'integer' } }) },
  timeout: { type: 'integer' },
  excludeCredentials: NAMED,
});

/** A challenge signed by a passkey, after its owner was recognised. Throws `ApiError` passkey_stopped, or bad_reply for no options. */
export async function sign(options: SignOptions): Promise<Record<string, string>> {
  checked(options, SIGNS);
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: toBytes(options.challenge),
    rpId: options.rpId,
    timeout: options.timeout,
    userVerification: 'required',
    allowCredentials: options.allowCredentials.map(named),
  };
  const credential = await asked(() => navigator.credentials.get({ publicKey }));
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    id: toText(credential.rawId),
    client_data: toText(response.clientDataJSON),
    authenticator_data: toText(response.authenticatorData),
    signature: toText(response.signature),
    user_handle: toText(response.userHandle ?? new ArrayBuffer(0)),
  };
}

/** A new passkey on this device. Throws `ApiError` passkey_stopped, or bad_reply for no options. */
export async function make(options: MakeOptions): Promise<Record<string, string>> {
  checked(options, MAKES);
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: toBytes(options.challenge),
    rp: options.rp,
    user: { ...options.user, id: toBytes(options.user.id) },
    pubKeyCredParams: [...options.pubKeyCredParams],
    timeout: options.timeout,
    excludeCredentials: options.excludeCredentials.map(named),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    attestation: 'none',
  };
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  const response = credential.response as AuthenticatorAttestationResponse;
  return { id: toText(credential.rawId), client_data: toText(response.clientDataJSON), attestation: toText(response.attestationObject) };
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    // Stopped by its owner, too late, or none here: browsers tell these apart no better, on purpose.
    if (!(error instanceof DOMException)) throw error;
  }
  throw new ApiError('passkey_stopped', 0);
}

const named = ({ id }: Named): PublicKeyCredentialDescriptor => ({ type: 'public-key', id: toBytes(id) });

// The library that makes the options describes none of their parts to the API.
function checked(options: unknown, shape: Shape): void {
  if (!fits(options, shape, {})) throw new ApiError('bad_reply', 0);
}

function table(properties: Readonly<Record<string, Shape>>): Shape {
  return { type: 'object', properties, required: Object.keys(properties) };
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(text);
  } catch {
    throw new ApiError('bad_reply', 0);
  }
}

function toText(content: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(content)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
