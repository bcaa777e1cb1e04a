/** What somebody agreed to or refused, as it is kept: a receipt. Pure. */
import type { Change, Device } from '../device/types.ts';
import { iso } from './times.ts';

/** Which text was read to them. */
const TEXT = '2026-11';

export type Answer = 'given' | 'refused';

/** A receipt of what was asked in words: purpose → answer. */
export const spoken = (device: Device, event: string, id: string, card: string, purposes: Readonly<Record<string, Answer>>): Change => ({
  kind: 'consent',
  id,
  event,
  set: {
    card,
    ...Object.fromEntries(Object.entries(purposes).map(([purpose, answer]) => [`purposes/${purpose}`, answer])),
    given_how: 'spoken',
    text_version: TEXT,
    at: iso(device.now()),
  },
});
