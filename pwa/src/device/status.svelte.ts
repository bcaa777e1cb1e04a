/** How the device stands, as the screens read it. */
import type { Core } from './core.ts';
import type { Trip } from './courier.ts';
import type { EditRow } from './disk.ts';
import type { Opened } from './opened.ts';
import type { Attention, Status } from './types.ts';

const CLOCK_OFF_MS = 10 * 60_000;
const ANSWERS_WITHIN_MS = 2_500; // a network that is gone may hold a call for two minutes

/** How a device stands with its server. */
export interface Standing extends Pick<Status, 'online' | 'signedOut' | 'revoked' | 'tooOld'> {
  /** Places of edits that the server broke at: they wait, others go on. */
  readonly held: readonly number[];
}

export const standingAfter = (trip: Trip, held: readonly number[] = []): Standing => ({
  held,
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
  others = $state(0);
  held: readonly number[] = [];
  #isOutdated = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  /** Says what was known when the device was opened. */
  begins({ isEmptied, others }: Pick<Opened, 'isEmptied' | 'others'>): void {
    this.emptied = isEmptied ?? false;
    this.others = others ?? 0;
  }

  /** The line to the server broke: offline, unless the call that was made at once is answered. */
  doubts(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.online = false), ANSWERS_WITHIN_MS);
  }

  /** A call begins: what it brings is of now, unless the browser loses its network meanwhile. */
  asks(): void {
    this.#isOutdated = false;
  }

  /** The browser found a network, or lost it. */
  connected(online: boolean): void {
    this.#isOutdated = !online;
    this.online = online;
  }

  /** How it stands after a call. An answer to what was asked before the network was lost says nothing of now. */
  after(trip: Trip, held: readonly number[]): Standing {
    const standing = standingAfter(trip, held);
    return this.#isOutdated ? { ...standing, online: false } : standing;
  }

  stands(standing: Standing): void {
    clearTimeout(this.#silence);
    Object.assign(this, standing);
  }

  /** Says what the core holds now. */
  follow({ state, unsent, offsetMs, isFull }: Core): void {
    this.waiting = unsent.length;
    this.lastSync = state.meta.syncedAt || null;
    this.storage = isFull ? 'full' : 'ok';
    const held = unsent.filter(({ seq }) => this.held.includes(seq)).map((row) => asking(row, 'held', 'held'));
    this.attention = [...held, ...[...state.refused.values(), ...state.kept.values()].flatMap(attention)];
    this.clockOffMin = offsetMs !== null && Math.abs(offsetMs) > CLOCK_OFF_MS ? Math.round(offsetMs / 60_000) : null;
  }
}

function attention(row: EditRow): Attention[] {
  const [kind, code = ''] = row.ack.split(' ');
  if ((kind !== 'refused' && kind !== 'parked') || row.ack.endsWith(' seen')) return [];
  return [asking(row, kind, code)];
}

const asking = ({ seq, edit }: EditRow, kind: Attention['kind'], code: string): Attention => ({
  seq,
  kind,
  code,
  record: edit.id,
  recordKind: edit.kind,
  set: edit.set,
});
