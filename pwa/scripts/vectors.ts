/**
 * Runs the vectors of sync/vectors on an engine.
 * Twin of tests/support/vectors.py: both know the same operations, and both fail on a file they do not know.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Known } from '../src/sync/access.ts';
import type { SyncRecord } from '../src/sync/edits.ts';
import {
  around,
  bytesOf,
  canonical,
  type Engine,
  editOf,
  type Input,
  judgedEdit,
  judgedEntry,
  judgeOf,
  knownOf,
  requestOf,
  stateOf,
} from './engine.ts';

const VECTORS = resolve(import.meta.dirname, '../../sync/vectors');

export interface Vector {
  readonly id: string;
  readonly input: Input;
  readonly expect?: unknown;
  readonly expect_error?: string;
}

type Operation = (engine: Engine, input: Input) => unknown;

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

function recordOf(record: SyncRecord): unknown {
  const { kind, id, event, author, live, past, erased } = record;
  return { kind, id, event, author, live, past, erased };
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
    entry: (engine, { body }) => judgedEntry(engine, () => engine.strict.decodeEntry(bytesOf(body))),
    bound: ({ sealed }, { of }) => sealed.bound(of),
    signed_session: ({ sealed }, { key, enc }) => sealed.signedSession(key, enc),
  },
  'access.json': {
    audience: ({ access }, input) => {
      const here = around(input);
      return [...access.audience(here.get(input.of) as Known, here)].sort();
    },
    streams_of: ({ access }, { actor, events }) => [...access.streamsOf({ service: null, ...actor }, events.map(knownOf))].sort(),
    judge: judgeOf,
    card_id: ({ ids }, { event, animal, number }) => ids.cardId(event, animal, number),
    tally_id: ({ ids }, { event, what, slot, device }) => ids.tallyId(event, what, slot, device),
    erasure_id: ({ ids }, { card }) => ids.erasureId(card),
    is_card_number: ({ ids }, { number }) => ids.isCardNumber(number),
  },
};
