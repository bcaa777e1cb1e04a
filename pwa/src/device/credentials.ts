/**
 * What a browser does with passkeys, between the server's options and its answers. Only what the server needs is sent: `credential.toJSON()` may hold
 * secrets of extensions.
 */
import { ApiError } from './http.ts';
import type { MakeOptions, Named, SignOptions } from './types.ts';

/** A challenge signed by a passkey, after its owner was recognised. Throws `ApiError` passkey_stopped. */
export async function sign(options: SignOptions): Promise<Record<string, string>> {
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

/** A new passkey on this device. Throws `ApiError` passkey_stopped. */
export async function make(options: MakeOptions): Promise<Record<string, string>> {
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

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
}

function toText(content: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(content)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
