/** Checks of one edit, ids and digits. Twin of sync/kinds.py; the tables are generated from it. */
import { type Edit, parseDot, type Value } from './edits.ts';
import type { RefusedCode } from './errors.ts';
import { type Field, KINDS, LIMITS } from './kinds.tables.ts';
import { sha1 } from './sha1.ts';
import { encodeUtf8 } from './utf8.ts';

export { type Field, KINDS, KINDS_VERSION, type Kind, LINKS, THEMES, type Theme } from './kinds.tables.ts';

const AUTHOR = /^[A-Za-z0-9_-]{11}$/;
const STAMP = /^[0-9a-f]{16}$/;
const ID = /^[A-Za-z0-9._:-]{1,64}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DURATION = /^P(\d{1,3}D|T\d{1,3}[HM])$/;

/** Text that can travel: no U+0000 and no half of a surrogate pair. */
export const isWellFormed = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

/** The declaration of a field, by its name with or without a key. */
export function fieldOf(kind: string, name: string): Field | undefined {
  const fields = Object.hasOwn(KINDS, kind) ? KINDS[kind]?.fields : undefined;
  if (!fields) return undefined;
  const base = baseOf(name);
  return Object.hasOwn(fields, name) ? fields[name] : Object.hasOwn(fields, base) ? fields[base] : undefined;
}

/** The part of a field's name before its key. */
export function baseOf(name: string): string {
  const slash = name.indexOf('/');
  return slash < 0 ? name : name.slice(0, slash);
}

/** Why an edit would be refused for its form and content alone; `undefined` where it would not. */
export function checkEdit(edit: Edit): RefusedCode | undefined {
  if (!Object.hasOwn(KINDS, edit.kind)) return isWellFormed(edit.kind) ? 'unknown_kind' : 'bad_value';
  const event = edit.event ?? '';
  const names = Object.keys(edit.set);
  const isFormed =
    names.length > 0 &&
    Number.isSafeInteger(edit.n) &&
    edit.n > 0 &&
    [0, 1].includes(edit.u ?? 0) &&
    AUTHOR.test(edit.a) &&
    STAMP.test(edit.h) &&
    ID.test(edit.id) &&
    (event === '' || ID.test(event));
  if (!isFormed) return 'bad_value';
  if ((event !== '') !== (KINDS[edit.kind]?.scope === 'event') || (edit.kind === 'event' && event !== edit.id)) return 'bad_value';
  for (const [name, value] of Object.entries(edit.set)) {
    const code = checkField(edit.kind, name, value as Value);
    if (code) return code;
  }
  return edit.over ? checkOver(edit) : undefined;
}

function checkOver(edit: Edit): RefusedCode | undefined {
  for (const [name, dots] of Object.entries(edit.over ?? {})) {
    if (!Object.hasOwn(edit.set, name)) return 'bad_value';
    if (dots.length > LIMITS.over) return 'too_long';
    for (const dot of dots) {
      try {
        const [a, n] = parseDot(dot);
        if (!AUTHOR.test(a) || !Number.isSafeInteger(n)) return 'bad_value';
      } catch {
        return 'bad_value';
      }
    }
  }
  return undefined;
}

function checkField(kind: string, name: string, value: Value): RefusedCode | undefined {
  const fields = KINDS[kind]?.fields ?? {};
  const whole = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (whole && !whole.keyed) return checkValue(whole, value);
  const base = baseOf(name);
  const field = base !== name && Object.hasOwn(fields, base) ? fields[base] : undefined;
  const key = name.slice(base.length + 1);
  if (!field?.keyed || (field.keys?.length && !field.keys.includes(key))) return 'unknown_field';
  if (key === '' || [...key].length > LIMITS.key || key.includes('/') || !isWellFormed(key)) return 'bad_value';
  if (field.refers?.length && !ID.test(key)) return 'bad_value';
  return checkValue(field, value);
}

/** Why a value does not fit a field; `null` always does, it clears the field. */
export function checkValue(field: Field, value: Value): RefusedCode | undefined {
  if (value === null) return undefined;
  switch (field.type) {
    case 'text':
      if (typeof value !== 'string' || !isWellFormed(value)) return 'bad_value';
      return [...value].length > (field.limit ?? 0) ? 'too_long' : undefined;
    case 'code':
      return typeof value === 'string' && field.codes?.includes(value) ? undefined : 'bad_value';
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'bad_value';
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : 'bad_value';
    case 'date':
      return typeof value === 'string' && isDate(value) ? undefined : 'bad_value';
    default: {
      const pattern = { instant: INSTANT, time: TIME, id: ID, duration: DURATION }[field.type];
      return typeof value === 'string' && pattern?.test(value) ? undefined : 'bad_value';
    }
  }
}

function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return year > 0 && day >= 1 && day <= days;
}

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
