/** Checks of one edit, by its form and content alone. Twin of sync/checks.py. Vectors: sync/vectors/wire.json. */
import { type Edit, parseDot, type Value } from './edits.ts';
import type { RefusedCode } from './errors.ts';
import { LIMITS, WIRE } from './kinds.tables.ts';
import { baseOf, type Field, KINDS } from './kinds.ts';
import type { SealedEdit } from './sealed.ts';

const AUTHOR = /^[A-Za-z0-9_-]{11}$/;
const STAMP = /^[0-9a-f]{16}$/;
const ID = /^[A-Za-z0-9._:-]{1,64}$/;
const KEY_ID = /^[A-Za-z0-9_-]{11}$/;
const BOX = /^(?:[A-Za-z0-9_-]+\.)?[A-Za-z0-9_-]+$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const ASSIGNEE = /^(member|service):[A-Za-z0-9._:-]{1,64}$/;
const DURATION = /^P(\d{1,3}D|T\d{1,3}[HM])$/;

/** Text that can travel: no U+0000 and no half of a surrogate pair. */
export const isWellFormed = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

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

/** Why a sealed edit would be refused without being opened; `undefined` where it would not. */
export function checkSealed({ a, n, event = '', id, key, box }: SealedEdit): RefusedCode | undefined {
  const isNamed = Number.isSafeInteger(n) && n > 0 && AUTHOR.test(a) && ID.test(id) && KEY_ID.test(key) && (event === '' || ID.test(event));
  // The alphabet before the length: of other characters the two engines do not count the same number.
  if (!isNamed || !BOX.test(box)) return 'bad_value';
  return box.length > WIRE.boxChars ? 'too_long' : undefined;
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
      const pattern = { instant: INSTANT, time: TIME, id: ID, duration: DURATION, assignee: ASSIGNEE }[field.type];
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
