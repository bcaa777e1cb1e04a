/** What was written on a record after it was taken away. Pure: tested without a screen. */
import type { Records, Shown } from '../../device/types.ts';

export interface WrittenOnDeleted {
  readonly one: Shown;
  /** The fields written later than the record was taken away. */
  readonly fields: readonly string[];
}

/** Such records of an event, latest first. Found through what they hang on: lists leave out what is deleted. */
export function writtenOnDeleted(records: Records, event: string): WrittenOnDeleted[] {
  const found = new Map<string, WrittenOnDeleted>();
  const look = (id: string): void => {
    for (const one of records.naming(id)) {
      if (one.view.deleted !== true || one.event !== event || found.has(one.id)) continue;
      const fields = Object.keys(one.view).filter((field) => field !== 'deleted' && one.at(field) > one.at('deleted'));
      if (fields.length > 0) found.set(one.id, { one, fields });
      look(one.id);
    }
  };
  for (const kind of ['card', 'visit']) for (const one of records.all(kind)) if (one.event === event) look(one.id);
  return [...found.values()].toSorted((one, two) => two.one.changed - one.one.changed);
}
