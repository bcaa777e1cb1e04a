/** The moves of `state`, judged against what their author saw. Twin of sync/moves.py. Vectors: sync/vectors/access.json. */
import { isText } from './around.ts';
import type { Edit, Value } from './edits.ts';
import { LIMITS } from './kinds.tables.ts';
import { KINDS } from './kinds.ts';

export type Seen = (dot: string) => Edit | undefined;

/** Whether an edit's `state` may follow what its author saw; with nothing seen, whether a record may begin so. */
export function moveIsLegal(edit: Edit, seen: Seen): boolean {
  const fresh = edit.set.state as Value;
  const dots = stateDots(edit);
  if (dots.length === 0) return KINDS[edit.kind]?.first?.includes(fresh as string) ?? false;
  const seenOnes = dots.map(seen);
  if (seenOnes.some((one) => !one || !Object.hasOwn(one.set, 'state'))) return false;
  return seenOnes.some((one) => one !== undefined && isMove(one, fresh, seen));
}

const stateDots = (edit: Edit): readonly string[] => (edit.over && Object.hasOwn(edit.over, 'state') ? (edit.over.state ?? []) : []);

function isMove(old: Edit, fresh: Value, seen: Seen): boolean {
  const was = old.set.state as Value;
  if (fresh === was) return true; // settled on one of the values, or said twice
  if (old.kind === 'topic' && was === 'blocked_by_risk') return stateDots(old).some((dot) => seen(dot)?.set.state === fresh);
  if (fresh === 'planned' && was === 'not_met' && countNotMet(old, seen) > LIMITS.notMet) return false;
  const next = KINDS[old.kind]?.next ?? {};
  return isText(was) && Object.hasOwn(next, was) && (next[was]?.includes(fresh as string) ?? false);
}

function countNotMet(move: Edit, seen: Seen): number {
  const done = new Set<string>();
  const todo: Edit[] = [move];
  let count = 0;
  for (let one = todo.pop(); one; one = todo.pop()) {
    const dot = `${one.a}:${one.n}`;
    if (done.has(dot)) continue;
    done.add(dot);
    if (one.set.state === 'not_met') count++;
    for (const earlier of stateDots(one).map(seen)) if (earlier) todo.push(earlier);
  }
  return count;
}
