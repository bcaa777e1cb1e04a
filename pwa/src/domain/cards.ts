/** Cards: what is printed on them, and what hangs on them here. */
import type { Change, Records, Shown } from '../device/types.ts';
import { isResidence } from '../sync/constraints.ts';
import { cardId, isCardNumber } from '../sync/ids.ts';
import { KINDS } from '../sync/kinds.ts';

export const ANIMALS: readonly string[] = KINDS.card?.fields.animal?.codes ?? [];

export interface Face {
  readonly animal: string;
  readonly number: string;
}

/** The front of a card, or `undefined` where this tablet does not have it. */
export function faceOf(records: Records, card: unknown): Face | undefined {
  const shown = typeof card === 'string' ? records.get(card) : undefined;
  if (shown?.kind !== 'card') return undefined;
  return { animal: String(shown.view.animal ?? ''), number: String(shown.view.number ?? '') };
}

/** The change that gives a card to somebody; nothing where it is given already. */
export function giveCard(records: Records, event: string, face: Face, nowIso: string): { id: string; changes: Change[] } {
  const id = cardId(event, face.animal, face.number);
  const known = records.get(id);
  if (known?.view.state === 'given') return { id, changes: [] };
  const born = known ? {} : { animal: face.animal, number: face.number };
  return { id, changes: [{ kind: 'card', id, event, set: { ...born, state: 'given', issued_at: nowIso } }] };
}

/** The first 16 bytes of the SHA-256 of the code on a card's back, in hex: what server and tablets know of it. */
export async function hashOf(code: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code)));
  return [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The card with this code on its back, of any event that this tablet knows. */
export async function cardBehind(records: Records, code: string): Promise<Shown | undefined> {
  const hash = await hashOf(code);
  return records.all('card').find((one) => one.view.back_code_hash === hash);
}

/** Whether a talk may be put on a card: it is on none, and nothing of it is about residence, which never hangs on one. */
export const mayHang = (records: Records, talk: Shown): boolean =>
  !talk.view.card && !records.naming(talk.id).some((one) => one.kind === 'issue' && isResidence(one.view));

/** Whether animal and number name a card. */
export const isFace = (face: Face): boolean => ANIMALS.includes(face.animal) && isCardNumber(face.number);

/** Everything this tablet has on a card, latest first. */
export function onCard(records: Records, card: string): Shown[] {
  const found = new Map<string, Shown>();
  for (const one of records.naming(card)) {
    found.set(one.id, one);
    if (one.kind === 'visit') for (const other of records.naming(one.id)) found.set(other.id, other);
  }
  return [...found.values()].sort((one, two) => two.changed - one.changed);
}
