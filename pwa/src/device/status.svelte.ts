/** How the device stands, as the screens read it. */
import type { Core } from './core.ts';
import type { Trip } from './courier.ts';
import type { EditRow } from './disk.ts';
import type { Attention, Status } from './types.ts';

const CLOCK_OFF_MS = 10 * 60_000;
const ANSWERS_WITHIN_MS = 2_500; // a network that is gone may hold a call for two minutes

/** How a device stands with its server. */
export type Standing = Pick<Status, 'online' | 'signedOut' | 'revoked' | 'tooOld'>;

export const standingAfter = (trip: Trip): Standing => ({
  online: trip.kind !== 'offline',
  signedOut: trip.kind === 'signed_out',
  revoked: trip.kind === 'signed_out' && trip.code === 'revoked',
  tooOld: trip.kind === 'too_old',
});

export class LiveStatus implements Status {
  online = $state(navigator.onLine);
  waiting = $state(0);
  attention = $state.raw<readonly Attention[]>([]);
  lastSync = $state<number | null>(null);
  clockOffMin = $state<number | null>(null);
  persisted = $state<boolean | null>(null);
  storage = $state<'ok' | 'full'>('ok');
  signedOut = $state(false);
  revoked = $state(false);
  tooOld = $state(false);
  update = $state(false);
  emptied = $state(false);
  #silence: ReturnType<typeof setTimeout> | undefined;

  /** The line to the server broke: offline, unless the call that was made at once is answered. */
  doubts(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.online = false), ANSWERS_WITHIN_MS);
  }

  stands(standing: Standing): void {
    clearTimeout(this.#silence);
    Object.assign(this, standing);
  }

  /** Says what the core holds now. */
  follow({ state, waiting, offsetMs, isFull }: Core): void {
    this.waiting = waiting;
    this.lastSync = state.meta.syncedAt || null;
    this.storage = isFull ? 'full' : 'ok';
    this.attention = [...state.refused.values(), ...state.kept.values()].flatMap(attention);
    this.clockOffMin = offsetMs !== null && Math.abs(offsetMs) > CLOCK_OFF_MS ? Math.round(offsetMs / 60_000) : null;
  }
}

function attention(row: EditRow): Attention[] {
  const [kind, code = ''] = row.ack.split(' ');
  if ((kind !== 'refused' && kind !== 'parked') || row.ack.endsWith(' seen')) return [];
  return [{ seq: row.seq, kind, code, record: row.edit.id, recordKind: row.edit.kind, set: row.edit.set }];
}
