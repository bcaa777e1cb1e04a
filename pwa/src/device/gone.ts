/** The page that comes after a device was ended from afar says so, once. In its address: whatever else was kept may be gone. */
const MARK = '?gone';

/** Where to go after a device was ended, by its own person or from afar: then words say what happened. */
export const AFTER_END = { gone: '/', revoked: `/${MARK}` };

/** Whether this page comes after that. */
export function isToldGone(): boolean {
  if (location.search !== MARK) return false;
  history.replaceState(null, '', `${location.pathname}${location.hash}`);
  return true;
}
