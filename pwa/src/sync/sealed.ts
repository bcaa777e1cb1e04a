/**
 * Sealed edits: what a tablet sends of an edit that only the server may read.
 *
 * The clear names say which edit it is, so that it can be answered, carried by anybody and erased without being opened;
 * they are bound to the box (`bound`). Only what travels stands here: keys and ciphers are the device's and the server's.
 *
 * Vectors: sync/vectors/wire.json.  Twin: sync/sealed.py.
 */

import { WIRE } from './kinds.tables.ts';
import type { Letter, SealedEdit } from './wire.types.ts';

export type { Letter, SealedEdit, TransportKey } from './wire.types.ts';

export const SESSION = WIRE.sealedSession;

/** The additional data of a box: its clear names, as JSON without spaces. */
export function bound({ a, n, event = '', id, key }: Omit<SealedEdit, 'box'>): string {
  return JSON.stringify([a, n, event, id, key]);
}

/** What a member signs of a session: to which transport key it was opened, and how. */
export function signedSession(key: string, enc: string): string {
  return `${SESSION}\n${key}\n${enc}`;
}

/** A box: the session's `enc`, a dot, and what its key sealed; both base64url. */
export function boxOf(enc: string, content: string): string {
  return `${enc}.${content}`;
}

/** What is in a box, as text. */
export function encodeLetter({ edit, member, sig }: Letter): string {
  return JSON.stringify({ edit, member, sig });
}
