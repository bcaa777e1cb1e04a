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
  /** The person said yes to a call. */
  readonly telephone?: string;
}

const isoOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Gives back the promise's id. */
export async function promises(demo: Demo, name: string, { afterMs, promised, place, isNobodys = false, telephone }: Promised): Promise<string> {
  const code = new URL(await demo.linkFor(name)).hash.replace('#enrol=', '');
  const { token, me } = await demo.asNobody<{ token: string; me: { member: string } }>('POST', '/api/enrol', { code, label: 'elders' });
  const event = await eventOf(demo, token);
  const now = Date.now();
  const [id, consent, contact] = [newId(now), newId(now), newId(now)];
  const card = cardId(event, 'fox', '794');
  const edit = { a: newAuthor(), h: fromMs(now), event };
  const yes = { card, 'purposes/call_back': 'given', given_how: 'spoken', text_version: '2026-11', at: isoOf(now) };
  const reached = { card, channel: 'phone', value: telephone, consent, expires_on: isoOf(now + 90 * 86_400_000).slice(0, 10) };
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
        at: isoOf(now + afterMs),
        place,
        promised,
        state: 'planned',
      },
    },
    ...(telephone
      ? [
          { ...edit, n: 3, kind: 'consent', id: consent, set: yes },
          { ...edit, n: 4, kind: 'contact', id: contact, set: reached },
        ]
      : []),
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
