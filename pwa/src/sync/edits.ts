/**
 * Edits and records, as they are inside the engine.
 *
 *     Edit        one change of one record by one author, immutable; its name is the dot  a:n
 *     Version     the value that one edit gave one field, as long as it is live
 *     SyncRecord  the live versions of every field, and what is past
 *
 * Names of fields come from outside. Look them up only with `own`, and build tables only as a Map or with
 * `emptyTable`: a field called "constructor" would be found in every {}, one called "__proto__" lost in it
 * (vectors apply/names-of-javascript-…).
 *
 * Twin: sync/edits.py.
 */

export type Scalar = null | boolean | number | string;
export type Value = Scalar | readonly Scalar[];
export type Dot = string;
export type Table<T> = { readonly [name: string]: T };

/** One edit as it travels (docs/protocol.md, Edit). `over[f]` are dots of versions that its author saw. */
export interface Edit {
  readonly a: string;
  readonly n: number;
  readonly h: string;
  readonly kind: string;
  readonly id: string;
  readonly set: Table<Value>;
  readonly event: string;
  readonly over: Table<readonly Dot[]>;
  readonly u: number;
}

/** One live version of one field: who (`a`:`n`, member `by`), when (`e`), what. */
export interface Version {
  readonly a: string;
  readonly n: number;
  readonly by: string;
  readonly e: string;
  readonly value: Value;
}

export type Born = readonly [e: string, a: string, n: number];
export const NEVER_EARLIER: Born = ['', '', 0];

/**
 * The state of one record; made by `apply` alone.
 *
 * `live` holds per field at most one version per author; `past` says per field and author up to which number that
 * author's versions are replaced, only for authors without a live version of the field. `author` is the member of
 * the earliest edit (by stamp and dot), whatever arrived first; `born` is that edit's (e, a, n) and does not travel.
 * `erased`: an issue whose card was erased; frozen, without author.
 */
export interface SyncRecord {
  readonly kind: string;
  readonly id: string;
  readonly event: string;
  readonly author: string;
  readonly born: Born;
  readonly live: ReadonlyMap<string, readonly Version[]>;
  readonly past: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly erased: boolean;
}

/** The name of the `n`-th edit of author `a`. */
export function dotOf(a: string, n: number): Dot {
  return `${a}:${n}`;
}

/** Author and number of a dot. Throws `RangeError` for anything else. */
export function parseDot(dot: Dot): [a: string, n: number] {
  const colon = dot.indexOf(':');
  const n = dot.slice(colon + 1);
  if (colon < 1 || !/^[1-9][0-9]*$/.test(n)) throw new RangeError(`not a dot: ${dot}`);
  return [dot.slice(0, colon), Number(n)];
}

/** Whether two values are the same *by type*: true is not 1. */
export function sameValue(one: Value, two: Value): boolean {
  if (!isList(one) || !isList(two)) return one === two;
  return one.length === two.length && one.every((value, i) => value === two[i]);
}

/** What a table, if there is one, holds of its own under a name that came from outside. */
export function own<T>(table: Table<T> | undefined, name: string): T | undefined {
  return table && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** A table without a prototype. */
export function emptyTable<T>(): { [name: string]: T } {
  return Object.create(null) as { [name: string]: T };
}

/** Order of text by Unicode code point, as Python sorts; JavaScript's own order differs above U+FFFF. */
export function byCodePoint(one: string, two: string): number {
  const length = Math.min(one.length, two.length);
  for (let i = 0; i < length; i++) {
    const a = one.charCodeAt(i);
    const b = two.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return one.length - two.length;
}

// Halves of characters above U+FFFF stand at U+D800–DFFF; they come after U+E000–FFFF.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function isList(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}
