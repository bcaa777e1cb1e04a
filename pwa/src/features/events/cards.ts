/** Cards to print: which numbers, and a code on the back that only the paper holds. */
import type { Change, Records } from '../../device/types.ts';
import { ANIMALS } from '../../domain/cards.ts';
import { cardId, dammDigit } from '../../sync/ids.ts';

export interface PrintedCard {
  readonly id: string;
  readonly animal: string;
  readonly number: string;
  /** 128 random bits in base64url; on the paper and nowhere else. */
  readonly code: string;
}

export const PER_SHEET = 10;
export const MOST = ANIMALS.length * 100;

/** The n-th card of an event: animals in turn, so that a stack is mixed. */
export function faceAt(n: number): { animal: string; number: string } {
  const figures = String(Math.floor(n / ANIMALS.length)).padStart(2, '0');
  return { animal: ANIMALS[n % ANIMALS.length] ?? '', number: figures + dammDigit(figures) };
}

/** How many cards of an event were made already: the next ones go on from there. */
export const madeOf = (records: Records, event: string): number => records.all('card').filter((one) => one.event === event).length;

/** `count` cards that this event does not have yet. */
export function freshCards(records: Records, event: string, count: number, randomCode: () => string): PrintedCard[] {
  const cards: PrintedCard[] = [];
  for (let n = 0; n < MOST && cards.length < count; n++) {
    const face = faceAt(n);
    const id = cardId(event, face.animal, face.number);
    if (!records.get(id)) cards.push({ id, ...face, code: randomCode() });
  }
  return cards;
}

export function randomCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** The blank card's record. */
export const blankCard = (event: string, card: PrintedCard, hash: string): Change => ({
  kind: 'card',
  id: card.id,
  event,
  set: { animal: card.animal, number: card.number, back_code_hash: hash, state: 'blank' },
});

/** The cards of a batch that was made and is not said to be printed: what was stopped half-way has no record yet. */
export function batchIn(text: string | undefined, records: Records): PrintedCard[] {
  const kept = JSON.parse(text ?? '[]') as PrintedCard[];
  return kept.filter((one) => records.get(one.id) !== undefined);
}

/** A sheet's backs, mirrored in its rows: paper turned over its long side brings each behind its front. */
export function mirrored<T>(sheet: readonly T[], columns: number): (T | undefined)[] {
  const rows = Math.ceil(sheet.length / columns);
  return Array.from({ length: rows * columns }, (_, i) => sheet[Math.floor(i / columns) * columns + (columns - 1 - (i % columns))]);
}
