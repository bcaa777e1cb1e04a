/** Ids that two tablets make alike without having met, and the check digit on a card. Twin of sync/ids.py. */
import type { Value } from './edits.ts';
import { sha1 } from './sha1.ts';
import { encodeUtf8 } from './utf8.ts';

const DAMM = '0317598642 7092154863 4206871359 1750983426 6123045978 3674209581 5869720134 8945362017 9438617205 2581436790'.split(' ');

/** The check digit of some figures. Source: Damm (2004). */
export function dammDigit(figures: string): string {
  let row = 0;
  for (const figure of figures) row = Number(DAMM[row]?.[Number(figure)] ?? 0);
  return String(row);
}

/** Whether a number has three figures of which the last is the check digit of the first two. */
export const isCardNumber = (number: Value | undefined): boolean =>
  typeof number === 'string' && /^\d{3}$/.test(number) && dammDigit(number) === '0';

/** UUIDv5 (RFC 9562). `undefined` where the namespace is no UUID. */
function uuid5(namespace: string, name: string): string | undefined {
  const hex = namespace.replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) return undefined;
  const space = Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
  const bytes = sha1(Uint8Array.from([...space, ...encodeUtf8(name)])).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

/** The id of a card: two tablets that meet the same card offline make the same record. '' where the event is no UUID. */
export const cardId = (event: string, animal: string, number: string): string => uuid5(event, `card ${animal} ${number}`) ?? '';

/** The id of a count; `slot` is its start, `2026-09-19T11:30Z`. */
export const tallyId = (event: string, what: string, slot: string, device: string): string =>
  uuid5(event, `tally ${what} ${slot} ${device}`) ?? '';

/** The id of the erasure of a card: asked twice, it is one. */
export const erasureId = (card: string): string => uuid5(card, 'erasure') ?? '';
