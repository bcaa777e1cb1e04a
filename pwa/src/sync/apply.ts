/**
 * The one function that folds: record + edit → record. Then what a person sees of it.
 *
 *     over: what the author saw         own earlier edits are always seen
 *               ↓                              ↓
 *     replaced[f][author] = up to which number the versions of f by author are replaced
 *               ↓
 *     live[f]  the versions nobody replaced    past[f]  replaced[f] of authors without a live version
 *
 * `apply` is idempotent and all edits commute: late, repeated, in any order.
 * More than one live version with different values is a conflict: nobody's words are lost.
 *
 * Source: version vectors per register, after Preguiça et al., "Dotted Version Vectors" (2010).
 * Vectors: sync/vectors/apply.json.  Twin: sync/apply.py.
 */

import {
  byCodePoint,
  type Dot,
  dotOf,
  type Edit,
  emptyTable,
  NEVER_EARLIER,
  own,
  parseDot,
  type SyncRecord,
  sameValue,
  type Table,
  type Value,
  type Version,
} from './edits.ts';

export const ABSORBING = 'withdrawn'; // of a field `state`: among concurrent moves it wins whatever the time

/** The record with the edit of member `by`, stamped `e`, folded in; the given record stays as it was. */
export function apply(record: SyncRecord | null | undefined, edit: Edit, { by, e }: { by: string; e: string }): SyncRecord {
  const live = new Map(record?.live);
  const past = new Map(record?.past);
  const made = { author: by, born: [e, edit.a, edit.n] } as const;
  const { author, born } = record && !isEarlier(made, record) ? record : made;
  for (const [name, value] of Object.entries(edit.set)) {
    const version = { a: edit.a, n: edit.n, by, e, value };
    const over = own(edit.over, name);
    if (over?.length || live.has(name) || past.has(name)) foldField(live, past, name, over ?? [], version);
    else live.set(name, [version]);
  }
  const { kind, id, event = '' } = edit;
  return { kind, id, event, author, born, live, past, erased: record?.erased ?? false };
}

function foldField(
  live: Map<string, readonly Version[]>,
  past: Map<string, ReadonlyMap<string, number>>,
  name: string,
  over: readonly Dot[],
  made: Version,
): void {
  const versions = live.get(name) ?? [];
  const replaced = new Map(past.get(name));
  for (const v of versions) raise(replaced, v.a, v.n - 1);
  for (const dot of over) raise(replaced, ...parseDot(dot));
  raise(replaced, made.a, made.n - 1);
  const isNew = isLive(made, replaced) && !versions.some((v) => v.a === made.a && v.n === made.n);
  const kept = versions.filter((v) => isLive(v, replaced));
  if (isNew) kept.push(made);
  // An author with a live version needs no entry: the number of the live one says as much.
  for (const v of kept) replaced.delete(v.a);
  put(live, name, kept, kept.length);
  put(past, name, replaced, replaced.size);
}

function raise(replaced: Map<string, number>, a: string, n: number): void {
  replaced.set(a, Math.max(replaced.get(a) ?? 0, n));
}

function isLive(version: Version, replaced: ReadonlyMap<string, number>): boolean {
  return version.n > (replaced.get(version.a) ?? 0);
}

function put<T>(table: Map<string, T>, name: string, content: T, size: number): void {
  if (size > 0) table.set(name, content);
  else table.delete(name);
}

type Made = Pick<SyncRecord, 'author' | 'born'>;

function isEarlier(one: Made, two: Made): boolean {
  const [e, a, n] = one.born;
  const [e2, a2, n2] = two.born;
  if (e !== e2) return e < e2;
  if (a !== a2) return a < a2;
  return n !== n2 ? n < n2 : one.author < two.author;
}

/** The version of field `name` that is shown: greatest (stamp, a, n), but an absorbing value before any. */
export function winner(name: string, versions: readonly Version[]): Version {
  return versions.reduce((best, v) => (isShownBefore(name, v, best) ? v : best));
}

function isShownBefore(name: string, one: Version, two: Version): boolean {
  const absorbs = name === 'state' && one.value === ABSORBING;
  if (absorbs !== (name === 'state' && two.value === ABSORBING)) return absorbs;
  if (one.e !== two.e) return one.e > two.e;
  return one.a !== two.a ? one.a > two.a : one.n > two.n;
}

/** What a person sees: per field the value of the live version that is shown. */
export function view(record: SyncRecord): Table<Value> {
  const shown = emptyTable<Value>();
  for (const [name, versions] of record.live) shown[name] = winner(name, versions).value;
  return shown;
}

/** Per field the live versions, where there is more than one value. */
export function conflicts(record: SyncRecord): Map<string, readonly Version[]> {
  const found = new Map<string, readonly Version[]>();
  for (const [name, versions] of record.live) {
    const first = versions[0];
    if (first && versions.some((v) => !sameValue(v.value, first.value))) found.set(name, versions);
  }
  return found;
}

/** The server's record with a device's own waiting edits folded over it, each stamped with its own `h`. */
export function fold(record: SyncRecord | null, waiting: readonly Edit[], { by }: { by: string }): SyncRecord | null {
  // The server's author stands: it has seen edits that this device has not.
  let folded = record && waiting.length ? { ...record, born: NEVER_EARLIER } : record;
  for (const edit of waiting) folded = apply(folded, edit, { by, e: edit.h });
  return folded;
}

/**
 * What a new edit of field `name` writes in `over`, sorted, one dot per author.
 *
 * `shown` are the versions on the author's screen: in a form the one shown, at the desk's conflict view all; `waiting`
 * the waiting edits of this record. For every waiting edit of the field that is named so or that is one's own (author
 * in `ownAuthors`), that edit's `over` too, and so on: or a refused edit in between would leave the old value alive.
 */
export function see(
  shown: readonly Pick<Version, 'a' | 'n'>[],
  name: string,
  waiting: readonly Edit[],
  ownAuthors: Iterable<string> = [],
): Dot[] {
  const edits = waiting.filter((edit) => own(edit.set, name) !== undefined);
  const mine = new Set(ownAuthors);
  const seen = new Map<string, number>();
  const done = new Set<Dot>();
  const todo = shown.map((v) => dotOf(v.a, v.n));
  for (const edit of edits) if (mine.has(edit.a)) todo.push(dotOf(edit.a, edit.n));
  for (let dot = todo.pop(); dot !== undefined; dot = todo.pop()) {
    if (done.has(dot)) continue;
    done.add(dot);
    const [a, n] = parseDot(dot);
    raise(seen, a, n);
    // A dot stands for all earlier versions of the field by that author.
    for (const edit of edits) {
      if (edit.a === a && edit.n <= n) todo.push(dotOf(edit.a, edit.n), ...(own(edit.over, name) ?? []));
    }
  }
  return [...seen].sort(([a], [b]) => byCodePoint(a, b)).map(([a, n]) => dotOf(a, n));
}
