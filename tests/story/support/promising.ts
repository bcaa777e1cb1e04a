/** Somebody promises something on another tablet of theirs, due at an exact second: no form asks for one. */
import { newAuthor, newId } from '../../../pwa/src/device/ids.ts';
import { cardId } from '../../../pwa/src/sync/ids.ts';
import { fromMs } from '../../../pwa/src/sync/stamp.ts';
import { eventOf } from './before.ts';
import type { Demo } from './demo.ts';

interface Promised {
  /** From the moment in which it is sent: what comes before that may take long. */
  readonly afterMs: number;
  readonly promised: string;
  readonly place: string;
  /** Nobody takes it on: it is the coordinators' to give to somebody. */
  readonly isNobodys?: boolean;
}

/** Gives back the promise's id. */
export async function promises(demo: Demo, name: string, { afterMs, promised, place, isNobodys = false }: Promised): Promise<string> {
  const code = new URL(await demo.linkFor(name)).hash.replace('#enrol=', '');
  const { token, me } = await demo.asNobody<{ token: string; me: { member: string } }>('POST', '/api/enrol', { code, label: 'elders' });
  const event = await eventOf(demo, token);
  const [id, now] = [newId(Date.now()), Date.now()];
  const iso = `${new Date(now + afterMs).toISOString().slice(0, 19)}Z`;
  const card = cardId(event, 'fox', '794');
  const edit = { a: newAuthor(), h: fromMs(now), event };
  const edits = [
    { ...edit, n: 1, kind: 'card', id: card, set: { animal: 'fox', number: '794', state: 'given' } },
    {
      ...edit,
      n: 2,
      kind: 'follow_up',
      id,
      set: {
        card,
        what: 'call',
        who_acts: 'member',
        ...(isNobodys ? {} : { assignee: `member:${me.member}` }),
        at: iso,
        place,
        promised,
        state: 'planned',
      },
    },
  ];
  const asked = { protocol: 1, kinds: 1, epoch: '', call: 1, now, cursors: {}, edits, limit: 1 };
  const response = await fetch(`${demo.url()}/api/sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(asked),
  });
  const { acks } = (await response.json()) as { acks: string[][] };
  if (acks.some(([code]) => code !== 'ok')) throw new Error(`not taken: ${JSON.stringify(acks)}`);
  return id;
}
