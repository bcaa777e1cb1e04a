/** The passkeys of this browser. What asks for them is loaded when it is needed: a worker's tablet never does. */
import type { Passkeys } from './types.ts';

const credentials = (): Promise<typeof import('./credentials.ts')> => import('./credentials.ts');

export const passkeys: Passkeys = {
  // A page at 127.0.0.1 has none of `localhost`.
  has: (host) => typeof PublicKeyCredential === 'function' && (location.hostname === host || location.hostname.endsWith(`.${host}`)),
  sign: async (options) => (await credentials()).sign(options),
  make: async (options) => (await credentials()).make(options),
};
