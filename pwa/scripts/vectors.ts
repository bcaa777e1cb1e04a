/**
 * Runs the vectors of sync/vectors on an engine: this one, or a copy with a planted bug (tests/sync/test_mutants.py).
 * Twin of tests/support/vectors.py: both know the same operations, and both fail on a file they do not know.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Access from '../src/sync/access.ts';
import type * as Apply from '../src/sync/apply.ts';
import type * as Digest from '../src/sync/digest.ts';
import type * as Edits from '../src/sync/edits.ts';
import type { Edit, SyncRecord, Version } from '../src/sync/edits.ts';
import type * as Kinds from '../src/sync/kinds.ts';
import type * as Stamp from '../src/sync/stamp.ts';
import type * as Strict from '../src/sync/strict.ts';
import type * as Wire from '../src/sync/wire.ts';

export const VECTORS = resolve(import.meta.dirname, '../../sync/vectors');
export const ENGINE = resolve(import.meta.dirname, '../src/sync');

export interface Engine {
  readonly access: typeof Access;
  readonly apply: typeof Apply;
  readonly digest: typeof Digest;
  readonly edits: typeof Edits;
  readonly kinds: typeof Kinds;
  readonly stamp: typeof Stamp;
  readonly strict: typeof Strict;
  readonly wire: typeof Wire;
}

export interface Vector {
  readonly id: string;
  readonly input: Input;
  readonly expect?: unknown;
  readonly expect_error?: string;
}

// What a vector holds is checked by vector.schema.json, in Python.
// biome-ignore lint/suspicious/noExplicitAny: an input is whatever its operation takes
export type Input = { readonly [name: string]: any };
type Operation = (engine: Engine, input: Input) => unknown;

/** The engine in a folder. */
export async function loadEngine(folder = ENGINE): Promise<Engine> {
  const names = ['access', 'apply', 'digest', 'edits', 'kinds', 'stamp', 'strict', 'wire'];
  const modules = await Promise.all(names.map((name) => import(pathToFileURL(join(folder, `${name}.ts`)).href)));
  return Object.fromEntries(names.map((name, i) => [name, modules[i]])) as unknown as Engine;
}

/** All vectors, by file. Throws on a file whose operations nobody knows. */
export function readVectors(): Map<string, readonly Vector[]> {
  const files = new Map<string, readonly Vector[]>();
  for (const name of readdirSync(VECTORS).sort()) {
    if (name.endsWith('.schema.json') || !name.endsWith('.json')) continue;
    if (!Object.hasOwn(OPERATIONS, name)) throw new Error(`${name}: no such file of vectors`);
    const { vectors, world = {} } = JSON.parse(readFileSync(join(VECTORS, name), 'utf-8'));
    for (const { input } of vectors) input.around = input.around?.map((one: unknown) => (typeof one === 'string' ? world[one] : one));
    files.set(name, vectors);
  }
  return files;
}

/** What went wrong with a vector, or undefined. */
export function failureOf(engine: Engine, file: string, vector: Vector): string | undefined {
  const run = OPERATIONS[file]?.[vector.input.op];
  if (!run) return `no such operation: ${vector.input.op}`;
  const expected = vector.expect_error === undefined ? canonical(vector.expect) : canonical({ error: vector.expect_error });
  let got: string;
  try {
    got = canonical(run(engine, vector.input));
  } catch (error) {
    got = canonical({ error: (error as { code?: string }).code ?? `${error}` });
  }
  return got === expected ? undefined : `expected ${expected}, got ${got}`;
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

/** A list in some orders: all of a short one, else rotated and turned round; each also with everything once more. */
function* ordersOf<T>(list: readonly T[]): Generator<readonly T[]> {
  if (list.length <= 4) {
    for (const order of permutations(list)) yield* [order, [...order, ...order]];
    return;
  }
  for (let i = 0; i < list.length; i++) {
    const order = [...list.slice(i), ...list.slice(0, i)];
    yield [...order, ...order];
    yield [...order].reverse();
  }
}

function* permutations<T>(list: readonly T[]): Generator<readonly T[]> {
  if (list.length === 0) yield [];
  for (const [i, first] of list.entries()) {
    for (const rest of permutations(list.filter((_, k) => k !== i))) yield [first, ...rest];
  }
}

function applyAll(engine: Engine, input: Input): unknown {
  const start = input.record ? engine.wire.fromWire(input.record) : null;
  let first: string | undefined;
  let state: unknown;
  for (const order of ordersOf<Input>(input.edits)) {
    let record: SyncRecord | null = start;
    for (const { by, e, ...edit } of order) record = engine.apply.apply(record, editOf(edit), { by, e });
    state = stateOf(engine, record);
    first ??= canonical(state);
    if (canonical(state) !== first) return { 'depends on the order': [first, canonical(state)] };
  }
  return state;
}

function bytesOf(body: string | readonly Input[]): Uint8Array {
  const parts = typeof body === 'string' ? [body] : body;
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      return part.base64 === undefined ? Buffer.from(part.repeat.repeat(part.times)) : Buffer.from(part.base64, 'base64');
    }),
  );
}

function judgedEdit(engine: Engine, decode: () => Edit): unknown {
  const edit = decode();
  const code = engine.kinds.checkEdit(edit);
  return code ? { error: code } : edit;
}

/** The request in a body, its edits answered one by one. */
export function requestOf(engine: Engine, input: Input): unknown {
  const request = engine.strict.decodeRequest(bytesOf(input.body));
  const edits = request.edits.map((entry) => {
    try {
      const judged = judgedEdit(engine, () => engine.strict.editOf(entry)) as { error?: string };
      return judged.error ?? 'ok';
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  return { ...request, edits };
}

function recordOf(record: SyncRecord): unknown {
  const { kind, id, event, author, live, past, erased } = record;
  return { kind, id, event, author, live, past, erased };
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

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  'stamp.json': {
    from_ms: ({ stamp }, { ms }) => stamp.fromMs(ms),
    ms_of: ({ stamp }, input) => stamp.msOf(input.stamp),
    after: ({ stamp }, input) => stamp.after(input.stamp),
    step_back: ({ stamp }, { last, now_ms }) => stamp.stepBack(last, { nowMs: now_ms }),
    correct: ({ stamp }, { h, correction_ms, server_now_ms }) =>
      stamp.correct(h, { correctionMs: correction_ms, serverNowMs: server_now_ms }),
    write: ({ stamp }, input) => {
      let last: string = input.last;
      const stamps = input.writes.map(({ now_ms, shown = '' }: Input) => {
        const made = stamp.nextStamp(last, { nowMs: now_ms, shown });
        last = stamp.tick(last, { nowMs: now_ms });
        return made;
      });
      return { stamps, last };
    },
  },
  'apply.json': {
    apply: applyAll,
    fold: (engine, { record, waiting, by }) =>
      stateOf(engine, engine.apply.fold(record ? engine.wire.fromWire(record) : null, waiting.map(editOf), { by })),
    see: ({ apply }, { shown, field, waiting, own }) => apply.see(shown, field, waiting.map(editOf), own),
    same_value: ({ edits }, { one, two }) => edits.sameValue(one, two),
    parse_dot: ({ edits }, { dot }) => {
      try {
        return edits.parseDot(dot);
      } catch {
        return { error: 'not a dot' };
      }
    },
  },
  'digest.json': {
    record: ({ digest, wire }, { record }) => digest.asHex(digest.recordDigest(wire.fromWire(record))),
    stream: ({ digest, wire }, { records }) => digest.streamDigest(records.map(wire.fromWire)),
  },
  'wire.json': {
    request: requestOf,
    edit: (engine, { body }) => judgedEdit(engine, () => engine.strict.decodeEdit(bytesOf(body))),
    record: ({ strict }, { body }) => recordOf(strict.decodeRecord(bytesOf(body))),
  },
  'access.json': {
    audience: ({ access }, input) => {
      const here = around(input);
      return [...access.audience(here.get(input.of) as Access.Known, here)].sort();
    },
    streams_of: ({ access }, { actor, events }) => [...access.streamsOf({ service: null, ...actor }, events.map(knownOf))].sort(),
    judge: judgeOf,
    card_id: ({ kinds }, { event, animal, number }) => kinds.cardId(event, animal, number),
    tally_id: ({ kinds }, { event, what, slot, device }) => kinds.tallyId(event, what, slot, device),
    erasure_id: ({ kinds }, { card }) => kinds.erasureId(card),
    is_card_number: ({ kinds }, { number }) => kinds.isCardNumber(number),
  },
};
