/** Bytes ↔ requests and replies on the tablet's side. Twin of sync/wire.py. Vectors: sync/vectors/wire.json. */
import { NEVER_EARLIER, type SyncRecord, type Value, type Version } from './edits.ts';
import { SyncError } from './errors.ts';
import { PARKED_CODES, REFUSED_CODES, WIRE } from './kinds.tables.ts';
import { fits, type Shape } from './shapes.ts';
import { SHAPES } from './wire.tables.ts';
import type { SyncReply, WireRecord } from './wire.types.ts';

export type { SealedEdit, StreamPage, SyncReply, SyncRequest, TransportKey, WireRecord } from './wire.types.ts';
export { WIRE };

/** What one edit was answered. */
export type Ack = { readonly kind: 'ok' | 'repeat' | 'erased' } | { readonly kind: 'parked' | 'refused'; readonly code: string };

/** The answer in an ack of the wire. Throws `bad_reply`. */
export function parseAck(parts: readonly string[]): Ack {
  const [kind, code] = parts;
  if (kind === 'ok' || kind === 'repeat' || kind === 'erased') return { kind };
  if ((kind === 'parked' && isOneOf(PARKED_CODES, code)) || (kind === 'refused' && isOneOf(REFUSED_CODES, code))) {
    return { kind, code: code as string };
  }
  throw new SyncError('bad_reply', `no such answer: ${parts.join(' ')}`);
}

/** The same as it is kept: `ok`, `erased`, `parked …`, `refused …`; what else a newer server put into it is not. Throws `bad_reply`. */
export function ackText(parts: readonly string[]): string {
  const ack = parseAck(parts);
  if ('code' in ack) return `${ack.kind} ${ack.code}`;
  return ack.kind === 'repeat' ? 'ok' : ack.kind;
}

const isOneOf = (codes: readonly string[], code: string | undefined): boolean => code !== undefined && codes.includes(code);

/** A record with its live parts gathered by field; coded and private parts may have the same dot. */
export function fromWire(wire: WireRecord): SyncRecord {
  const live = new Map<string, Version[]>();
  for (const part of wire.live) {
    for (const [name, value] of Object.entries(part.set)) {
      const version: Version = { a: part.a, n: part.n, by: part.by, e: part.e, value: value as Value };
      const versions = live.get(name);
      if (versions) versions.push(version);
      else live.set(name, [version]);
    }
  }
  const past = new Map(Object.entries(wire.past).map(([name, table]) => [name, new Map(Object.entries(table))]));
  return {
    kind: wire.kind,
    id: wire.id,
    event: wire.event,
    author: wire.author,
    born: NEVER_EARLIER,
    live,
    past,
    erased: wire.erased ?? false,
  };
}

const REPLY: Shape = { $ref: 'SyncReply' };

/** The reply in a body, down to its last value: what is stored of it is read again at every start. Throws `bad_reply`. */
export function decodeReply(body: unknown): SyncReply {
  if (!fits(body, REPLY, SHAPES)) throw new SyncError('bad_reply');
  const reply = body as SyncReply;
  reply.acks.map(parseAck);
  return reply;
}
