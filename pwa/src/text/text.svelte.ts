/** The app's words. One language is loaded at a time; a missing or wrongly used message does not compile. */
import { FluentBundle, FluentResource } from '@fluent/bundle';
import type { Messages } from './messages.types.ts';

export type Language = 'nl' | 'fr' | 'en';
export const LANGUAGES: readonly Language[] = ['nl', 'fr', 'en'];
const KEY = 'onthaal.language';

type Load = () => Promise<{ default: string }>;
const files: Record<Language, Load> = {
  nl: () => import('./nl.ftl?raw'),
  fr: () => import('./fr.ftl?raw'),
  en: () => import('./en.ftl?raw'),
};
const deskFiles: Record<Language, Load> = {
  nl: () => import('./nl.desk.ftl?raw'),
  fr: () => import('./fr.desk.ftl?raw'),
  en: () => import('./en.desk.ftl?raw'),
};
let hasDesk = false;
// What this device is called where a message says -here: the desk is on a computer.
let here: 'tablet' | 'desk' = 'tablet';

let bundle = $state.raw(new FluentBundle('nl'));
let current = $state<Language>('nl');

/** What a language calls itself: who has the wrong one finds theirs. */
export const languageName = (one: Language): string => ({ nl: 'Nederlands', fr: 'Français', en: 'English' })[one];

/** The language of the screens. */
export const language = (): Language => current;

/** What was spoken a moment `before`, else chosen on this tablet, else what the browser asks for, else Dutch. */
export function preferredLanguage(before: string): Language {
  const asked = [before, localStorage.getItem(KEY) ?? '', ...navigator.languages].map((one) => one.slice(0, 2));
  return asked.map((one) => LANGUAGES.find((l) => l === one)).find((one) => one !== undefined) ?? 'nl';
}

/** Loads a language and shows it; remembered on this tablet. */
export async function setLanguage(chosen: Language): Promise<void> {
  const loaded = new FluentBundle(`${chosen}-BE`, { useIsolating: false, functions: { HERE: () => here } });
  for (const load of hasDesk ? [files, deskFiles] : [files]) loaded.addResource(new FluentResource((await load[chosen]()).default));
  bundle = loaded;
  current = chosen;
  localStorage.setItem(KEY, chosen);
  document.documentElement.lang = chosen;
}

/** Loads the desk's words too, from now on in every language. */
export async function addDeskWords(isDesk = false): Promise<void> {
  if (isDesk) here = 'desk';
  if (hasDesk) return;
  hasDesk = true;
  await setLanguage(current);
}

type Arguments<K extends keyof Messages> = Messages[K] extends undefined ? [] : [Messages[K]];

/** A message in the language of the screens. */
export function t<K extends keyof Messages>(id: K, ...[args]: Arguments<K>): string {
  const pattern = bundle.getMessage(id)?.value;
  return pattern ? bundle.formatPattern(pattern, args ?? null, []) : id;
}

/** A message whose name is put together, such as `level-${code}`; '' where there is none. Codes may have underscores. */
export function maybe(id: string): string {
  const pattern = bundle.getMessage(id.replaceAll('_', '-'))?.value;
  return pattern ? bundle.formatPattern(pattern, null, []) : '';
}

const format = (options: Intl.DateTimeFormatOptions): ((ms: number) => string) => {
  const made: Partial<Record<Language, Intl.DateTimeFormat>> = {};
  return (ms) => {
    const formatter = made[current] ?? new Intl.DateTimeFormat(`${current}-BE`, { timeZone: 'Europe/Brussels', ...options });
    made[current] = formatter;
    return formatter.format(ms);
  };
};

/** 14:05 */
export const clock = format({ hour: '2-digit', minute: '2-digit' });
/** di 22 sep */
export const day = format({ weekday: 'short', day: 'numeric', month: 'short' });
/** di 22 sep 14:05 */
export const dayAndClock = format({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
/** 22 september 2026 */
export const longDay = format({ day: 'numeric', month: 'long', year: 'numeric' });

/** 4 uur; `unit` as the browser knows it: `day`, `hour`, `minute`. */
export const longWords = (count: number, unit: string): string =>
  new Intl.NumberFormat(`${current}-BE`, { style: 'unit', unit, unitDisplay: 'long' }).format(count);

/** Choices of codes, in words: `options('level', ['service'])` uses the message `level-service`. */
export const options = (prefix: string, codes: readonly string[]): { value: string; label: string }[] =>
  codes.map((value) => ({ value, label: maybe(`${prefix}-${value.replaceAll('_', '-')}`) || value }));
