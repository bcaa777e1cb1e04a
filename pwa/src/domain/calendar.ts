/**
 * One promise as a calendar takes it (RFC 5545): made on this device, without a network. Pure.
 * Times are written in UTC, so that no calendar has to know what Brussels is; a day stays a day, wherever it is read.
 */
import type { Shown } from '../device/types.ts';

export interface Entry {
  /** What a calendar shows: no name, no theme. */
  readonly summary: string;
  /** Only where somebody agreed to it. */
  readonly place?: string;
  /** How long before its hour, or before its day begins, it rings, in minutes; none: it does not, or in the calendar's own way. */
  readonly alarmsMin?: readonly number[];
}

const LINE_BYTES = 75;
const LASTS = 'PT30M';

/** The text of an .ics file, or of a QR; '' for a promise without a day. */
export function calendarOf(promise: Shown, entry: Entry, nowMs: number): string {
  const when = timesOf(promise);
  if (!when) return '';
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Onthaal//NONSGML Onthaal//EN',
    'BEGIN:VEVENT',
    // The same one on every device: who adds it twice has it once.
    `UID:${promise.id}@onthaal`,
    `DTSTAMP:${utc(nowMs)}`,
    ...when,
    `SUMMARY:${escaped(entry.summary)}`,
    ...(entry.place ? [`LOCATION:${escaped(entry.place)}`] : []),
    ...(entry.alarmsMin ?? []).flatMap((minutes) => alarm(minutes, entry.summary)),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ];
  return lines.map(folded).join('\r\n');
}

function timesOf({ view }: Shown): string[] | undefined {
  const atMs = typeof view.at === 'string' ? Date.parse(view.at) : Number.NaN;
  if (!Number.isNaN(atMs)) return [`DTSTART:${utc(atMs)}`, `DURATION:${LASTS}`];
  const day = typeof view.on === 'string' ? view.on.replaceAll('-', '') : '';
  return /^\d{8}$/.test(day) ? [`DTSTART;VALUE=DATE:${day}`, 'DURATION:P1D'] : undefined;
}

const alarm = (minutes: number, summary: string): string[] => [
  'BEGIN:VALARM',
  'ACTION:DISPLAY',
  `DESCRIPTION:${escaped(summary)}`,
  `TRIGGER:-PT${minutes}M`,
  'END:VALARM',
];

/** 20261127T130000Z */
const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

const escaped = (text: string): string => text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r\n|\r|\n/g, '\\n');

/** A line of at most 75 bytes, gone on with on the next by a space; never in the middle of a character. */
function folded(line: string): string {
  const bytes = new TextEncoder();
  let [text, size] = ['', 0];
  for (const one of line) {
    const more = bytes.encode(one).length;
    if (size + more > LINE_BYTES) [text, size] = [`${text}\r\n `, 1];
    text += one;
    size += more;
  }
  return text;
}
