/**
 * A passkey of this device as half of a vault's key (WebAuthn, extension PRF): 32 bytes that only come out where somebody
 * showed finger, face or the device's own code. Works without a network; no server ever sees it.
 *
 * The result is read from `getClientExtensionResults()` and kept nowhere. `toJSON()` would contain it: it is never called.
 */
import { randomBytes } from './bytes.ts';

export interface Passkey {
  readonly id: Uint8Array<ArrayBuffer>;
  /** What the passkey is asked about. */
  readonly salt: Uint8Array<ArrayBuffer>;
}

const WAIT_MS = 120_000;
type Secret = Uint8Array<ArrayBuffer>;

/** Whether this device may be able to; only making one tells for sure. */
export async function mayHavePasskey(): Promise<boolean> {
  const credential = globalThis.PublicKeyCredential;
  if (!credential) return false;
  const can: Record<string, boolean> = (await credential.getClientCapabilities?.().catch(() => ({}))) ?? {};
  if (can['extension:prf'] === false) return false;
  return credential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
}

/** A new passkey and its secret; `null` where somebody said no, or the device cannot. `face`: how the device will call it. */
export async function makePasskey(face: string): Promise<{ passkey: Passkey; secret: Secret } | null> {
  const salt = randomBytes(32);
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: randomBytes(32),
    rp: { name: 'Onthaal' },
    user: { id: randomBytes(16), name: face, displayName: face },
    pubKeyCredParams: [
      { type: 'public-key', alg: -7 },
      { type: 'public-key', alg: -257 },
    ],
    authenticatorSelection: { authenticatorAttachment: 'platform', residentKey: 'preferred', userVerification: 'required' },
    timeout: WAIT_MS,
    extensions: { prf: { eval: { first: salt } } },
  };
  const made = await navigator.credentials.create({ publicKey }).catch(() => null);
  if (!(made instanceof PublicKeyCredential)) return null;
  const passkey = { id: new Uint8Array(made.rawId), salt };
  const { prf } = made.getClientExtensionResults();
  if (!prf?.enabled && !prf?.results) return null;
  // Some devices only tell the secret when they are asked for it.
  const secret = secretIn(prf.results) ?? (await askPasskey(passkey));
  return secret && { passkey, secret };
}

/** The secret of a passkey; `null` where somebody said no, or it is not on this device. */
export async function askPasskey({ id, salt }: Passkey): Promise<Secret | null> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: randomBytes(32),
    allowCredentials: [{ type: 'public-key', id }],
    userVerification: 'required',
    timeout: WAIT_MS,
    extensions: { prf: { eval: { first: salt } } },
  };
  const shown = await navigator.credentials.get({ publicKey }).catch(() => null);
  return shown instanceof PublicKeyCredential ? secretIn(shown.getClientExtensionResults().prf?.results) : null;
}

function secretIn(results: AuthenticationExtensionsPRFValues | undefined): Secret | null {
  const first = results?.first;
  if (!first) return null;
  return ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer as ArrayBuffer, first.byteOffset, first.byteLength).slice()
    : new Uint8Array(first).slice();
}
