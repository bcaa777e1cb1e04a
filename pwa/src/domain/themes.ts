/** The themes in the language of the screens. */
import { THEMES } from '../sync/kinds.ts';

type Language = 'nl' | 'fr' | 'en';

export const MAIN_THEMES: readonly string[] = Object.keys(THEMES).filter((code) => THEMES[code]?.parent === '');

export const themeName = (code: unknown, language: Language): string =>
  typeof code === 'string' && Object.hasOwn(THEMES, code) ? (THEMES[code]?.[language] ?? '') : '';

export const subthemesOf = (theme: unknown): string[] => Object.keys(THEMES).filter((code) => THEMES[code]?.parent === theme);
