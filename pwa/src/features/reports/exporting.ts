/** The export of an event: what is asked of the server, and what is said where it was not made. */
import type { Language } from '../../text/text.svelte.ts';

export const FORMATS = ['xlsx', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** What `POST /api/exports` takes. */
export interface Asked {
  readonly event: string;
  readonly format: Format;
  /** With what people said and what was promised to them, in words. */
  readonly words: boolean;
  readonly language: Language;
}

/** The message that says why there is no export: a limit of a day is no minute to wait. */
export const problemOf = (code: string): string => (code === 'too_many' ? 'export-too-many' : `error-${code}`);
