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

export const INFO = WIRE.sealedInfo;

/** The additional data of a box: its clear names, as JSON without spaces. */
export function bound({ a, n, event = '', id, key }: Omit<SealedEdit, 'box'>): string {
  return JSON.stringify([a, n, event, id, key]);
}

/** What a member signs of an edit's JSON text. */
export function signed(edit: string): string {
  return `${INFO}\n${edit}`;
}

/** What is in a box, as text. */
export function encodeLetter({ edit, member, sig }: Letter): string {
  return JSON.stringify({ edit, member, sig });
}
