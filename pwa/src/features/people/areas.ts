/** Areas of a member: in the record a set, in a form words with commas. */
import type { Records } from '../../device/types.ts';

const PREFIX = 'areas/';

/** Those of a member's record, in order. */
export const areasOf = (records: Records, member: string): string[] =>
  Object.entries(records.get(member)?.view ?? {})
    .filter(([name, value]) => name.startsWith(PREFIX) && value === true)
    .map(([name]) => name.slice(PREFIX.length))
    .sort();

/** Those that were typed, each once. */
export const areasIn = (text: string): string[] => [...new Set(text.split(',').map((one) => one.trim()))].filter((one) => one !== '');
