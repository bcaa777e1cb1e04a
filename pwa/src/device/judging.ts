/** What the server would say to a change of this device's: so that screens hide what it would refuse. */
import { type Actor, type Around, judge, type Verdict } from '../sync/access.ts';
import { apply } from '../sync/apply.ts';
import { dotOf, type Edit, type SyncRecord } from '../sync/edits.ts';
import type { Core } from './core.ts';
import type { Change, Me } from './types.ts';

interface Setting {
  readonly core: Core;
  readonly me: Me;
  readonly around: Around;
  readonly nowMs: number;
}

export function verdictOn(change: Change, { core, me, around, nowMs }: Setting): Verdict {
  let edit: Edit;
  try {
    edit = core.draft(change, nowMs);
  } catch {
    return 'not_possible';
  }
  const before = core.shown(change.id);
  const after = apply(before, edit, { by: me.member, e: edit.h });
  const actor: Actor = { member: me.member, role: me.role, service: me.service };
  const seen = (dot: string): Edit | undefined => seenEdit(core, change.id, dot);
  return judge({ actor, before: before ?? undefined, edit: onScreen(edit, before), after, e: edit.h, around, seen });
}

/** The edit as if its author saw only what is on the screen: what lies behind an edit that waits, the server knows and not this device. */
function onScreen(edit: Edit, before: SyncRecord | null): Edit {
  const live = new Set(before?.live.get('state')?.map((v) => dotOf(v.a, v.n)));
  const state = edit.over.state?.filter((dot) => live.has(dot));
  return state ? { ...edit, over: { ...edit.over, state } } : edit;
}

/** The edit of a dot, as far as this device can tell: what waits here whole, of others what is live. */
function seenEdit(core: Core, id: string, dot: string): Edit | undefined {
  const rows = [...core.state.outbox.values(), ...core.state.kept.values()];
  const own = rows.find((row) => row.edit.id === id && `${row.edit.a}:${row.edit.n}` === dot);
  if (own) return own.edit;
  const record = core.shown(id);
  const version = record?.live.get('state')?.find((v) => `${v.a}:${v.n}` === dot);
  if (!record || !version) return undefined;
  const { kind, event } = record;
  return { a: version.a, n: version.n, h: version.e, kind, id, event, set: { state: version.value }, over: {}, u: 0 };
}
