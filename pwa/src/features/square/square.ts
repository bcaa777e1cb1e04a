/** Counts of the square: what one touch does, and what is shown. */
import type { Change, Device, Records, Shown } from '../../device/types.ts';
import { isUnderway } from '../../domain/handing.ts';
import { slotOf } from '../../domain/times.ts';
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

/** One more, or one less, on this tablet in this half hour; `undefined` where there is nothing to take away. */
export function count(device: Device, event: string, what: string, by: 1 | -1): Change | undefined {
  const slot = slotOf(device.now());
  const id = tallyId(event, what, slot, device.me.device);
  const n = Number(device.records.get(id)?.view.n ?? 0) + by;
  if (n < 0) return undefined;
  const born = device.records.get(id) ? {} : { what, slot, device: device.me.device };
  return { kind: 'tally', id, event, set: { ...born, n } };
}

/** Whether this member counts something at an event. */
export const mayCount = (device: Device, event: string, what: string): boolean => {
  const one = count(device, event, what, 1);
  return one !== undefined && device.may(one) === undefined;
};

/** Counts one touch after the other: the next one sees what the one before has kept, however long the disk takes. */
export class Counter {
  readonly #device: Device;
  readonly #keep: (change: Change) => Promise<boolean>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(device: Device, keep: (change: Change) => Promise<boolean>) {
    this.#device = device;
    this.#keep = keep;
  }

  /** Resolves whether it was kept. */
  count(event: string, what: string, by: 1 | -1): Promise<boolean> {
    const counted = this.#turn.then(() => {
      const change = count(this.#device, event, what, by);
      return change ? this.#keep(change) : false;
    });
    this.#turn = counted.catch(() => undefined);
    return counted;
  }
}

/** A draft that is in no form now. `path`: where it is gone on with. */
export interface Half {
  readonly what: 'talk' | 'promise' | 'wall';
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
      ['wall', 'wall', '/wall'],
    ] as const
  ).flatMap(([what, prefix, way]) =>
    drafts
      .under(prefix)
      .filter(([, text]) => text.trim() !== '')
      .map(([key, text]) => ({ what, key, text, path: way + key.slice(prefix.length) })),
  );

/** The hand-overs of a member that are not at their end, latest first. */
export const openCards = (records: Records, event: string, member: string): Shown[] =>
  records
    .all('referral')
    .filter((one) => one.event === event && one.author === member && isUnderway(one))
    .toSorted((one, two) => two.made - one.made);
