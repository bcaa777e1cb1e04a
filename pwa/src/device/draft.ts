/**
 * The edit that a change would be (station 2): pure. What it is called and when, and which versions its author saw.
 *
 *     change + the record on the screen + what waits here ──→ edit { a, n, h, set, over, u }
 */
import { see, winner } from '../sync/apply.ts';
import { checkEdit } from '../sync/checks.ts';
import { dotOf, type Edit, emptyTable, parseDot, type SyncRecord, type Value, type Version } from '../sync/edits.ts';
import { SyncError } from '../sync/errors.ts';
import { LIMITS } from '../sync/kinds.tables.ts';
import { nextStamp, type Stamp } from '../sync/stamp.ts';
import type { Rules } from './rules.ts';
import type { Change } from './types.ts';

/** What surrounds a new edit. `waiting`: this device's edits of the record, hidden ones too. */
export interface Situation {
  readonly author: string;
  readonly n: number;
  readonly last: Stamp;
  /** This device's clock, corrected where it is calibrated. */
  readonly nowMs: number;
  readonly calibrated: boolean;
  readonly shown: SyncRecord | null;
  readonly waiting: readonly Edit[];
  readonly rules: Rules;
}

/** Throws `SyncError` where the content of the change is not legal; nobody was answered and nothing is kept then. */
export function draftEdit(change: Change, situation: Situation): Edit {
  const { author, n, last, nowMs, calibrated, shown, rules } = situation;
  const set = emptyTable<Value>();
  for (const [name, value] of Object.entries(change.set)) set[clean(name)] = cleanValue(value);
  const over = emptyTable<string[]>();
  for (const name of Object.keys(set)) {
    const dots = seen(change, name, situation);
    if (dots.length > 0) over[name] = dots;
  }
  const h = nextStamp(last, { nowMs, shown: rules.shownStamp ? latest(shown) : '' });
  const { kind, id, event } = change;
  const edit: Edit = { a: author, n, h, kind, id, event, set, over, u: calibrated ? 0 : 1 };
  const code = checkEdit(edit);
  if (code) throw new SyncError(code, `${kind}: ${Object.keys(set).join(', ')}`);
  return edit;
}

/** The dots of the versions on the screen, and what the waiting edits among them had seen. */
function seen(change: Change, name: string, { author, shown, waiting, rules }: Situation): string[] {
  const versions: readonly Version[] = shown?.live.get(name) ?? [];
  const onScreen = versions.length < 2 || change.over === 'all' ? versions : [winner(name, versions)];
  if (!rules.overClosure) return onScreen.map((v) => dotOf(v.a, v.n));
  // Every author in the outbox is this person on this device: another tab, or a start before this one.
  const dots = see(onScreen, name, waiting, [author, ...waiting.map((edit) => edit.a)]);
  if (dots.length <= LIMITS.over) return dots;
  const first = new Set(onScreen.map((v) => v.a));
  const rank = (dot: string): number => (first.has(parseDot(dot)[0]) ? 0 : 1);
  return dots.sort((one, two) => rank(one) - rank(two)).slice(0, LIMITS.over);
}

function latest(shown: SyncRecord | null): Stamp {
  let stamp = '';
  for (const versions of shown?.live.values() ?? []) for (const v of versions) if (v.e > stamp) stamp = v.e;
  return stamp;
}

// Pasted text may hold half a character or U+0000; neither can travel, and the words around it must not be lost for it.
const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '').normalize('NFC');

function cleanValue(value: Value): Value {
  if (typeof value === 'string') return clean(value);
  return Array.isArray(value) ? value.map((one: Value) => cleanValue(one) as string) : value;
}
