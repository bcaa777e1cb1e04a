/**
 * Everything that can go wrong in the engine, by name.
 *
 *     SyncError
 *     ├── BadWire       the bytes are not what the protocol says       → HTTP 400, or a reply thrown away
 *     │   └── TooLarge  more than one call may hold                    → HTTP 413
 *     ├── TooOld        a protocol outside what is spoken              → HTTP 426
 *     └── BadEdit       one edit cannot be decoded, or breaks a limit  → ack ["refused", code]
 *
 * What is understood but not allowed is no error: `judge` in access.ts returns its code and the edit is parked.
 * Twin: sync/errors.py.
 */

import { PARKED_CODES, REFUSED_CODES } from './kinds.tables.ts';

export { PARKED_CODES, REFUSED_CODES };

export type RefusedCode = (typeof REFUSED_CODES)[number];
export type ParkedCode = (typeof PARKED_CODES)[number];

/** `code` goes over the wire and is never renamed. */
export class SyncError extends Error {
  readonly code: string;

  constructor(code: string, detail = '') {
    super(detail || code);
    this.code = code;
  }
}

/** The bytes are not a sync request, reply or record; nothing of them is stored. */
export class BadWire extends SyncError {
  constructor(detail: string, code = 'bad_request') {
    super(code, detail);
  }
}

/** The body, or its edits together, hold more than a call may; the device halves its batch. */
export class TooLarge extends BadWire {
  constructor(detail: string) {
    super(detail, 'too_large');
  }
}

/** `protocol` is not between `protocolMin` and `protocolMax`. */
export class TooOld extends SyncError {
  readonly protocol: number;

  constructor(protocol: number, protocolMin: number, protocolMax: number) {
    super('protocol', `protocol ${protocol} is not spoken here, only ${protocolMin} to ${protocolMax}`);
    this.protocol = protocol;
  }
}

/** One edit that cannot be taken; it stays on the tablet under "needs attention". */
export class BadEdit extends SyncError {
  declare readonly code: RefusedCode;

  constructor(code: RefusedCode, detail = '') {
    super(code, detail);
  }
}
