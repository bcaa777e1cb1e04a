/** Every kind of record and every field, generated from sync/kinds.py; and how to look a field up. Twin of sync/kinds.py. */
import { type Field, KINDS } from './kinds.tables.ts';

export { type Field, KINDS, KINDS_VERSION, type Kind, LIMITS, LINKS, THEMES, type Theme } from './kinds.tables.ts';

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
