/**
 * An engine, and how it is asked: this one, or a copy with a planted bug. For vectors, mutants and the twin fuzz.
 * Twin of tests/support/engine.py: both understand the same inputs.
 */

import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Access from '../src/sync/access.ts';
import type * as Apply from '../src/sync/apply.ts';
import type * as Checks from '../src/sync/checks.ts';
import type * as Digest from '../src/sync/digest.ts';
import type * as Edits from '../src/sync/edits.ts';
import type { Edit, SyncRecord, Version } from '../src/sync/edits.ts';
import type * as Ids from '../src/sync/ids.ts';
import type * as Sealed from '../src/sync/sealed.ts';
import type { SealedEdit } from '../src/sync/sealed.ts';
import type * as Stamp from '../src/sync/stamp.ts';
import type * as Strict from '../src/sync/strict.ts';
import type * as Wire from '../src/sync/wire.ts';

export const ENGINE = resolve(import.meta.dirname, '../src/sync');

export interface Engine {
  readonly access: typeof Access;
  readonly apply: typeof Apply;
  readonly checks: typeof Checks;
  readonly digest: typeof Digest;
  readonly edits: typeof Edits;
  readonly ids: typeof Ids;
  readonly sealed: typeof Sealed;
  readonly stamp: typeof Stamp;
  readonly strict: typeof Strict;
  readonly wire: typeof Wire;
}

// What a vector holds is checked by vector.schema.json, in Python.
// biome-ignore lint/suspicious/noExplicitAny: an input is whatever its operation takes
export type Input = { readonly [name: string]: any };

/** The engine in a folder. */
export async function loadEngine(folder = ENGINE): Promise<Engine> {
  const names = ['access', 'apply', 'checks', 'digest', 'edits', 'ids', 'sealed', 'stamp', 'strict', 'wire'];
  const modules = await Promise.all(names.map((name) => import(pathToFileURL(join(folder, `${name}.ts`)).href)));
  return Object.fromEntries(names.map((name, i) => [name, modules[i]])) as unknown as Engine;
}

/** JSON with names sorted by code point; tells true from 1, and holds a name like `__proto__`. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  entries.sort(([a], [b]) => (Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 ? -1 : 1));
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`;
}

/** What is compared of a record. */
export function stateOf(engine: Engine, record: SyncRecord | null | undefined): unknown {
  if (!record) return null;
  const dots = (versions: readonly Version[]): string[] => versions.map((v) => `${v.a}:${v.n}`).sort();
  return {
    author: record.author,
    view: engine.apply.view(record),
    live: new Map([...record.live].map(([name, versions]) => [name, dots(versions)])),
    past: record.past,
    conflicts: [...engine.apply.conflicts(record).keys()].sort(engine.edits.byCodePoint),
    ...(record.erased ? { erased: true } : {}),
  };
}

/** An edit of a vector, which leaves out what does not matter to it. */
export function editOf(input: Input): Edit {
  return { h: '0000000000000000', kind: 'issue', id: 'issue-1', event: 'event-1', set: {}, over: {}, u: 0, ...input } as unknown as Edit;
}

/** The bytes of a body, which may be spelled in parts. */
export function bytesOf(body: string | readonly Input[]): Uint8Array {
  const parts = typeof body === 'string' ? [body] : body;
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      return part.base64 === undefined ? Buffer.from(part.repeat.repeat(part.times)) : Buffer.from(part.base64, 'base64');
    }),
  );
}

/** An edit, or why it is refused. */
export function judgedEdit(engine: Engine, decode: () => Edit): unknown {
  const edit = decode();
  const code = engine.checks.checkEdit(edit);
  return code ? { error: code } : edit;
}

/** An edit, sealed or not, or why it is refused. */
export function judgedEntry(engine: Engine, decode: () => Edit | SealedEdit): unknown {
  const one = decode();
  if (!('box' in one)) return judgedEdit(engine, () => one);
  const code = engine.checks.checkSealed(one);
  return code ? { error: code } : one;
}

/** The request in a body, its edits answered one by one. */
export function requestOf(engine: Engine, input: Input): unknown {
  const request = engine.strict.decodeRequest(bytesOf(input.body));
  const edits = request.edits.map((entry) => {
    try {
      const judged = judgedEntry(engine, () => engine.strict.entryOf(entry)) as { error?: string };
      return judged.error ?? 'ok';
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  return { ...request, edits };
}

/** What surrounds a record: `around` of an input. */
export function around(input: Input): Access.Around {
  const all = new Map((input.around ?? []).map(knownOf).map((one: Access.Known) => [one.id, one])) as Map<string, Access.Known>;
  return {
    get: (id) => all.get(id),
    naming: (id) => [...all.values()].filter((one) => LINK_NAMES[one.kind]?.some((name) => one.view[name] === id)),
  };
}

/** A record as others see it; an input leaves out what does not matter. */
export function knownOf(one: Input): Access.Known {
  return { event: 'event-1', author: '', erased: false, moved: '', ...one } as unknown as Access.Known;
}

// Spelled out, so that a fault in the engine's own LINKS shows.
const LINK_NAMES: Readonly<Record<string, readonly string[]>> = {
  visit: ['card'],
  issue: ['card', 'visit'],
  referral: ['card', 'issue', 'to_table', 'consent'],
  follow_up: ['card', 'topic'],
  contact: ['card', 'consent'],
  consent: ['card'],
  demand: ['topic'],
  remark: ['about'],
  erasure: ['card'],
};

/** Judges one edit on a record made by `history`; the edits of `history` are those the server holds. */
export function judgeOf(engine: Engine, input: Input): string | null {
  const held = new Map<string, Edit>();
  let before: SyncRecord | undefined;
  for (const { by, e, ...edit } of input.history ?? []) {
    const one = editOf(edit);
    held.set(`${one.a}:${one.n}`, one);
    before = engine.apply.apply(before, one, { by, e });
  }
  const { e, ...rest } = input.edit;
  const edit = editOf(rest);
  const actor = { service: null, ...input.actor };
  const after = engine.apply.apply(before, edit, { by: actor.member, e });
  return engine.access.judge({ actor, before, edit, after, e, around: around(input), seen: (dot) => held.get(dot) }) ?? null;
}
