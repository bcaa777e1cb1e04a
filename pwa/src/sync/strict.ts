/**
 * Requests, edits and records from bytes, as strictly as the server reads them. Twin of decode_request, decode_edit, decode_entry
 * and decode_record in sync/wire.py; what the tablet itself needs of the wire is in wire.ts.
 *
 * JSON.parse takes 1.0 for 1 and a lone half of a surrogate for text; here both become `UNFIT`, which is no value at all.
 * Vectors: sync/vectors/wire.json.
 */

import { type Edit, emptyTable, type SyncRecord, type Table, type Value } from './edits.ts';
import { BadEdit, BadWire, TooOld } from './errors.ts';
import type { SealedEdit } from './sealed.ts';
import { decodeUtf8 } from './utf8.ts';
import { fromWire, type SyncRequest, WIRE, type WireRecord } from './wire.ts';

const UNFIT = Number.NaN;
const EDIT_NAMES = ['a', 'n', 'h', 'kind', 'id', 'set', 'event', 'over', 'u'];
const REQUEST_NAMES = [
  'protocol',
  'kinds',
  'epoch',
  'call',
  'now',
  'cursors',
  'edits',
  'limit',
  'waiting',
  'app',
  'differ',
  'transport',
  'persisted',
];
const SEALED_NAMES = ['a', 'n', 'event', 'id', 'key', 'box'];

type Parsed = { readonly [name: string]: unknown };

/** The request in a body; its edits are still unjudged (`editOf`). Throws `BadWire`, or `TooOld` for another protocol. */
export function decodeRequest(body: Uint8Array): Required<SyncRequest> {
  const request = parse(body);
  if (!isTable(request) || !hasOnly(request, REQUEST_NAMES)) throw new BadWire('not a sync request');
  const {
    protocol,
    kinds,
    epoch,
    call,
    now,
    cursors,
    edits = [],
    limit = WIRE.pageEntries,
    waiting = 0,
    app = '',
    differ = [],
    transport = '',
    persisted = null,
  } = request;
  const isRequest =
    [protocol, kinds, call, limit, waiting].every(isCount) &&
    Number.isSafeInteger(now) &&
    isHeadText(epoch, 40) &&
    isHeadText(app, 40) &&
    isHeadText(transport, 40) &&
    (persisted === null || typeof persisted === 'boolean') &&
    isTable(cursors) &&
    Object.entries(cursors).every(([name, at]) => isHeadText(name, 300) && isCount(at)) &&
    isListOf(edits, WIRE.edits, () => true) &&
    isListOf(differ, 100, (id) => isHeadText(id, 300));
  if (!isRequest) throw new BadWire('not a sync request');
  if (protocol !== WIRE.protocol) throw new TooOld(protocol as number, WIRE.protocol, WIRE.protocol);
  return {
    protocol,
    kinds,
    epoch,
    call,
    now,
    cursors,
    edits,
    limit,
    waiting,
    app,
    differ,
    transport,
    persisted,
  } as unknown as Required<SyncRequest>;
}

/** One edit by its types alone (`checkEdit` judges its content). Throws `BadEdit`. */
export function decodeEdit(raw: Uint8Array): Edit {
  if (raw.length > WIRE.editBytes) throw new BadEdit('too_long', `an edit holds at most ${WIRE.editBytes} bytes`);
  let parsed: unknown;
  try {
    parsed = parse(raw);
  } catch {
    throw new BadEdit('bad_value', 'not JSON');
  }
  return editOf(parsed);
}

/** One entry of a call: an edit in clear, or a sealed one. Throws `BadEdit`. */
export function decodeEntry(raw: Uint8Array): Edit | SealedEdit {
  try {
    const entry = entryOf(parse(raw));
    if ('box' in entry) return entry;
  } catch {
    // decodeEdit says what is wrong with it.
  }
  return decodeEdit(raw);
}

/** The edit in one entry of a request. Throws `BadEdit`. */
export function editOf(entry: unknown): Edit {
  if (!isTable(entry) || !hasOnly(entry, EDIT_NAMES)) throw new BadEdit('bad_value', 'not an edit');
  const { a, n, h, kind, id, set, event = '', over = emptyTable(), u = 0 } = entry;
  const isEdit =
    [a, h, kind, id, event].every(isText) &&
    isInteger(n) &&
    isInteger(u) &&
    isTable(set) &&
    Object.entries(set).every(([name, value]) => isText(name) && (isScalar(value) || isListOf(value, Infinity, isScalar))) &&
    isTable(over) &&
    Object.entries(over).every(([name, dots]) => isText(name) && isListOf(dots, Infinity, isText));
  if (!isEdit) throw new BadEdit('bad_value', 'not an edit');
  return { a, n, h, kind, id, event, set: plain(set), over: plain(over), u } as Edit;
}

/** The edit in one entry of a request, in clear or sealed; nothing is both. Throws `BadEdit`. */
export function entryOf(entry: unknown): Edit | SealedEdit {
  return isTable(entry) && Object.hasOwn(entry, 'box') ? sealedOf(entry) : editOf(entry);
}

function sealedOf(entry: Parsed): SealedEdit {
  const { a, n, event = '', id, key, box } = entry;
  const isSealed = hasOnly(entry, SEALED_NAMES) && [a, event, id, key, box].every(isText) && isInteger(n);
  if (!isSealed) throw new BadEdit('bad_value', 'not a sealed edit');
  return { a, n, event, id, key, box } as SealedEdit;
}

/** The record in some bytes. Throws `BadWire`. */
export function decodeRecord(raw: Uint8Array): SyncRecord {
  const wire = parse(raw);
  const isRecord =
    isTable(wire) &&
    [wire.kind, wire.id, wire.event, wire.author].every(isText) &&
    isTable(wire.past) &&
    Object.entries(wire.past).every(([name, table]) => isText(name) && isTable(table) && Object.values(table).every(isInteger)) &&
    isListOf(wire.live, Infinity, isLive) &&
    ['boolean', 'undefined'].includes(typeof wire.erased);
  if (!isRecord) throw new BadWire('not a record');
  return fromWire(wire as unknown as WireRecord);
}

function isLive(part: unknown): boolean {
  if (!isTable(part) || ![part.a, part.by, part.e].every(isText) || !isInteger(part.n) || !isTable(part.set)) return false;
  return Object.entries(part.set).every(([name, value]) => isText(name) && (isScalar(value) || isListOf(value, Infinity, isScalar)));
}

function parse(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new BadWire('not UTF-8');
  try {
    return (JSON.parse as ParseWithSource)(text, (_, value, context) => strictly(value, context?.source));
  } catch (error) {
    throw new BadWire(String(error)); // not JSON, or nested too deeply for the stack
  }
}

// The third argument of a reviver is newer than the language level this folder is compiled for.
type ParseWithSource = (text: string, reviver: (name: string, value: unknown, context?: { source?: string }) => unknown) => unknown;

function strictly(value: unknown, source: string | undefined): unknown {
  if (typeof value === 'string') return isText(value) ? value : UNFIT;
  if (typeof value !== 'number') return value;
  if (source === undefined || !/^-?\d+$/.test(source)) return UNFIT;
  // An integer that no number here can hold: it is one, but none that any check lets pass.
  return Number.isSafeInteger(value) ? value + 0 : Infinity;
}

const isTable = (value: unknown): value is Parsed => typeof value === 'object' && value !== null && !Array.isArray(value);
const hasOnly = (table: Parsed, names: readonly string[]): boolean => Object.keys(table).every((name) => names.includes(name));
const isText = (value: unknown): value is string => typeof value === 'string' && !/\p{Surrogate}/u.test(value);
const isInteger = (value: unknown): boolean => typeof value === 'number' && !Number.isNaN(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isScalar = (value: unknown): boolean => value === null || typeof value === 'boolean' || isInteger(value) || isText(value);

function isHeadText(value: unknown, limit: number): boolean {
  return isText(value) && !value.includes('\0') && [...value].length <= limit;
}

function isListOf(value: unknown, limit: number, fits: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= limit && value.every(fits);
}

function plain(table: Parsed): Table<Value> {
  const copy = emptyTable<Value>();
  for (const [name, value] of Object.entries(table)) copy[name] = value as Value;
  return copy;
}
