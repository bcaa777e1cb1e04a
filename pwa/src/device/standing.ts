/**
 * How it stands with the vault here that waits for a coordinator: asked of the server by its courier's token, which lies in clear and
 * reads nothing. Goes on after the page was loaded again, and without a network waits on.
 */
import { answerIn, codeOf, send } from './http.ts';
import type { Standing } from './types.ts';
import { changeVault, removeVault, type VaultRow, waitingVault } from './vault/clear.ts';

/** `null`: nothing waits here. Where the vault was confirmed it is its worker's from then on. */
export async function standing(): Promise<Standing | null> {
  const row = await waitingVault();
  if (!row) return null;
  const reply = await send('POST', '/api/enrol/state', {}, row.courier);
  if (reply.kind === 'offline') return 'waiting';
  // The server never heard of it: the code is still to be taken.
  if (reply.status === 401 && codeOf(reply) === 'signed_out') return 'unknown';
  const state = answerIn<{ readonly state: Standing }>(reply, 'POST', '/api/enrol/state')?.state;
  if (state === 'confirmed') await confirm(row.id);
  return state ?? 'waiting';
}

/** A vault is its worker's now. */
export const confirm = (id: string): Promise<VaultRow | undefined> =>
  changeVault(id, ({ words: _, ...row }) => ({ ...row, stage: 'ready' }));

/** Throws the vault away that waits here; nothing was written in it. */
export async function dropWaiting(): Promise<void> {
  for (let row = await waitingVault(); row; row = await waitingVault()) await removeVault(row.id);
}

/** Waits no more, and says so to the server where it can be told. */
export async function giveUp(): Promise<void> {
  const row = await waitingVault();
  if (row) await send('POST', '/api/enrol/stop', {}, row.courier);
  await dropWaiting();
}
