/**
 * The tablet's engine, asked from Python.
 *
 *     node twin.ts vectors [folder…]   runs all vectors on the engines in these folders; one line of JSON each
 *     node twin.ts histories           a history per line on stdin → what the engine makes of it, per line on stdout
 */

import { readFileSync } from 'node:fs';
import type { Actor, Known } from '../src/sync/access.ts';
import type { Edit, SyncRecord } from '../src/sync/edits.ts';
import { around, canonical, ENGINE, type Engine, type Input, judgeOf, knownOf, loadEngine, requestOf, stateOf } from './engine.ts';
import { failureOf, readVectors } from './vectors.ts';

async function runVectors(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const failed: Record<string, string> = {};
    let count = 0;
    const engine = await loadEngine(folder).catch((error) => String(error));
    for (const [file, vectors] of readVectors()) {
      for (const vector of vectors) {
        count++;
        const failure = typeof engine === 'string' ? engine : failureOf(engine, file, vector);
        if (failure) failed[vector.id] = failure;
      }
    }
    console.log(JSON.stringify({ folder, count, failed, broken: typeof engine === 'string' }));
  }
}

/** One history: edits in an order, some of them still waiting on a device, a look at the screen, edits to be checked and judged. */
function answer(engine: Engine, history: Input): unknown {
  const { access, apply, checks, digest } = engine;
  const { byCodePoint } = engine.edits;
  let record: SyncRecord | null = null;
  for (const { by, e, ...edit } of history.edits) record = apply.apply(record, edit as unknown as Edit, { by, e });
  const events = history.around.map(knownOf).filter((one: Known) => one.kind === 'event');
  const shown = apply.fold(record, history.waiting, { by: history.by });
  return {
    state: stateOf(engine, record),
    shown: stateOf(engine, shown),
    digest: record && digest.asHex(digest.recordDigest(record)),
    over: Object.keys(history.screen)
      .sort(byCodePoint)
      .map((field) => [field, apply.see(history.screen[field], field, history.waiting, history.own)]),
    codes: history.checks.map((edit: Edit) => checks.checkEdit(edit) ?? null),
    requests: history.bodies.map((body: Input[]) => orCode(() => requestOf(engine, { body }))),
    judged: history.judged.map((one: Input) => judgeOf(engine, { ...one, around: history.around })),
    audiences: history.around.map((one: Input) => [...access.audience(knownOf(one), around(history))].sort()),
    hanging: history.around.map((one: Input) => [...access.hanging(knownOf(one), around(history))].map((other) => other.id).sort()),
    streams: history.actors.map((actor: Input) => [...access.streamsOf(actor as Actor, events)].sort()),
  };
}

function orCode(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    return (error as { code?: string }).code ?? `${error}`;
  }
}

const [mode, ...folders] = process.argv.slice(2);
if (mode === 'vectors') await runVectors(folders.length ? folders : [ENGINE]);
else if (mode === 'histories') {
  const engine = await loadEngine();
  const lines = readFileSync(0, 'utf-8').split('\n').filter(Boolean);
  process.stdout.write(lines.map((line) => `${canonical(answer(engine, JSON.parse(line)))}\n`).join(''));
} else throw new Error('usage: twin.ts vectors [folder…] | histories');
