/** What the screens say, read where it is written. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './demo.ts';

export type Language = 'nl' | 'fr' | 'en';

/** The messages of a language that are one plain line. */
export function messages(language: Language): Map<string, string> {
  const read = (file: string): string => readFileSync(path.join(ROOT, 'pwa/src/text', file), 'utf8');
  const lines = `${read(`${language}.ftl`)}\n${read(`${language}.desk.ftl`)}`.matchAll(/^([a-z][\w-]*) = ([^{\n]+)$/gm);
  return new Map([...lines].map(([, id = '', words = '']) => [id, words.trim()]));
}
