/** Counts of the square: what one touch does, and what is shown. */
import type { Change, Device, Records, Shown } from '../../device/types.ts';
import { type Face, faceOf, isFace } from '../../domain/cards.ts';
import { isOver } from '../../domain/events.ts';
import { isTurnedAway, isUnderway } from '../../domain/handing.ts';
import { dayOf, instantOf, iso, slotOf } from '../../domain/times.ts';
import { tallyId } from '../../sync/ids.ts';

export const COUNTED = [
  { what: 'coffee', icon: 'coffee' },
  { what: 'meal', icon: 'meal' },
  { what: 'talk', icon: 'talk' },
  { what: 'child', icon: 'child' },
] as const;

/** The sum of everybody's counts of an event. */
export function total(records: Records, event: string, what: string): number {
  return records
    .all('tally')
    .filter((one) => one.event === event && one.view.what === what)
    .reduce((sum, one) => sum + Number(one.view.n ?? 0), 0);
}

const idOf = (device: Device, event: string, what: string): string => tallyId(event, what, slotOf(device.now()), device.me.device);

/** One more, or one less, on this tablet in this half hour; `undefined` where there is nothing to take away. */
function counting(device: Device, event: string, what: string, by: 1 | -1): Change | undefined {
  const id = idOf(device, event, what);
  const before = device.records.get(id);
  const n = Number(before?.view.n ?? 0) + by;
  if (n < 0) return undefined;
  const born = before ? {} : { what, slot: slotOf(device.now()), device: device.me.device };
  return { kind: 'tally', id, event, set: { ...born, n } };
}

/**
 * Counts one touch after the other, in all tabs: the next one sees what the one before has kept, however long the disk
 * takes. Resolves whether it was kept; rejects where `keep` does.
 */
export function count(
  device: Device,
  keep: (change: Change) => Promise<boolean>,
  { event, what, by }: { readonly event: string; readonly what: string; readonly by: 1 | -1 },
): Promise<boolean> {
  return device.alone(idOf(device, event, what), async () => {
    const change = counting(device, event, what, by);
    return change !== undefined && keep(change);
  });
}

/** Whether this member counts something at an event; at one that is over, nobody does. */
export const mayCount = (device: Device, event: Shown, what: string): boolean => {
  const one = counting(device, event.id, what, 1);
  return !isOver(event) && one !== undefined && device.may(one) === undefined;
};

/** Whoever sat at a table has left it. */
export const leaving = (nowMs: number): Record<string, string | null> => ({ state: 'gone', until: iso(nowMs) });

/** They are back: until when, they have not said. */
export const returning = (): Record<string, string | null> => ({ state: 'free', until: null });

/** An hour of today, as it is kept; nothing where none was named. */
export const untilOf = (hour: string, nowMs: number): string | null => (hour ? instantOf(dayOf(nowMs), hour) : null);

/** A draft that is in no form now. `path`: where it is gone on with. */
export interface Half {
  readonly what: 'talk' | 'promise' | 'handover' | 'wall';
  readonly key: string;
  readonly text: string;
  readonly path: string;
}

/** What was half written: every form has a draft of its own, so that none shows what an earlier person said. */
export const halves = (drafts: Device['drafts']): Half[] =>
  (
    [
      ['talk', 'words/', '/talk/'],
      ['promise', 'promise/', '/promise/new/'],
      ['promise', 'reach/', '/promise/'],
      ['promise', 'about/', '/promise/'],
      ['handover', 'handover/', '/handover/'],
      ['wall', 'wall', '/wall'],
    ] as const
  ).flatMap(([what, prefix, way]) =>
    drafts
      .under(prefix)
      .filter(([, text]) => text.trim() !== '')
      .map(([key, text]) => ({ what, key, text, path: way + key.slice(prefix.length) })),
  );

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** When it was begun and on which card, as far as its draft says: two are told apart without a word of anybody. */
export function signsOf(records: Records, { key, text }: Half): { readonly at: number | undefined; readonly face: Face | undefined } {
  const ids = key.match(UUID) ?? [];
  const born = ids.find((id) => id[14] === '7');
  const at = born ? Number.parseInt(born.slice(0, 8) + born.slice(9, 13), 16) : undefined;
  const known = ids.map((id) => faceOf(records, id) ?? faceOf(records, records.get(id)?.view.card)).find((face) => face !== undefined);
  return { at, face: known ?? typedIn(key, text) };
}

/** The card that was typed in a form of which the draft is an object. */
function typedIn(key: string, text: string): Face | undefined {
  if (!/^(promise|handover)\//.test(key)) return undefined;
  const { face, typed } = JSON.parse(text) as { readonly face?: Face; readonly typed?: Face };
  return [face, typed].find((one) => one !== undefined && isFace(one));
}

const sentBy = (records: Records, event: string, member: string): Shown[] =>
  records.all('referral').filter((one) => one.event === event && one.author === member);

/** The hand-overs of a member that are not at their end: first whom a table did not take, then the others; latest first. */
export function openCards(records: Records, event: Shown, member: string): Shown[] {
  const sent = sentBy(records, event.id, member).toSorted((one, two) => two.made - one.made);
  return [...sent.filter((one) => isTurnedAway(records, one, event)), ...sent.filter(isUnderway)];
}

/** How the hand-overs of a member ended today, latest first: whoever sent somebody hears what came of it. */
export const endedToday = (records: Records, event: Shown, member: string, nowMs: number): Shown[] =>
  sentBy(records, event.id, member)
    .filter((one) => !isUnderway(one) && !isTurnedAway(records, one, event) && dayOf(one.at('state')) === dayOf(nowMs))
    .toSorted((one, two) => two.at('state') - one.at('state'));

/** The talks that a member had today at an event, latest first. */
export const talksToday = (records: Records, event: string, member: string, nowMs: number): Shown[] =>
  records
    .all('visit')
    .filter((one) => one.event === event && one.author === member && dayOf(one.made) === dayOf(nowMs))
    .toSorted((one, two) => two.made - one.made);

/** What a talk is about, each theme once. */
export const themesOf = (records: Records, talk: string): string[] => [
  ...new Set(
    records
      .naming(talk)
      .filter((one) => one.kind === 'issue' && typeof one.view.theme === 'string' && one.view.deleted !== true)
      .map((one) => String(one.view.theme)),
  ),
];
