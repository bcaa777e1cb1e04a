/**
 * The page that comes after a device was ended from afar says so, once; and it speaks the language of the one before.
 * In its address: whatever else was kept may be gone.
 */
const MARK = '?gone';

/** Where to go after a device was ended, by its own person or from afar: then words say what happened. */
export const afterEnd = (how: 'gone' | 'revoked'): string => `/${how === 'revoked' ? MARK : ''}${SPEAKS}${document.documentElement.lang}`;
const SPEAKS = '#lang=';

/** Whether this page comes after that. */
export function isToldGone(): boolean {
  if (location.search !== MARK) return false;
  history.replaceState(null, '', `${location.pathname}${location.hash}`);
  return true;
}

/** The language that the page before this one spoke, where a device ended there; '' else. Told once. */
export function languageBefore(): string {
  if (!location.hash.startsWith(SPEAKS)) return '';
  const language = location.hash.slice(SPEAKS.length);
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return language;
}
