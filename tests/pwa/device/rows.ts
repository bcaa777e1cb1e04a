/** Rows of the tablet's databases, as tests put them there. */
import { NONE } from '../../../pwa/src/device/vault/attempts.ts';
import type { VaultRow } from '../../../pwa/src/device/vault/clear.ts';

/** What stands in clear of a vault. */
export const vaultRow = (row: Partial<VaultRow> & { readonly id: string }): VaultRow => ({
  face: 'fox',
  courier: 'courier-1',
  token: new Uint8Array(),
  contactAt: 0,
  isEmptied: false,
  lock: null,
  attempts: NONE,
  stage: 'ready',
  replaces: '',
  ...row,
});
