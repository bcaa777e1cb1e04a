/** Whether the link that was opened works: asked before its newcomer types anything, and without using it up. */
import { answerIn, send } from './http.ts';
import type { Looked } from './types.ts';

const PATIENCE_MS = 15_000; // somebody stands there and waits: longer than that is no network to them

export async function lookAt(code: string): Promise<Looked> {
  const reply = await Promise.race([send('POST', '/api/enrol/look', { code }, null), patience()]);
  if (reply.kind === 'offline') return 'away';
  if (reply.status === 429) return 'often';
  const looked = answerIn<{ readonly works: boolean }>(reply, 'POST', '/api/enrol/look');
  // A hall's network that answers for everybody has not heard of our link.
  return looked ? (looked.works ? 'works' : 'not') : 'away';
}

const patience = (): Promise<{ readonly kind: 'offline' }> =>
  new Promise((resolve) => setTimeout(() => resolve({ kind: 'offline' }), PATIENCE_MS));
