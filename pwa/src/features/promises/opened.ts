/** Where a touch on a reminder leads, once the server has said what its opaque id means, or could not. Pure. */

/** What the server says of a reminder. */
export interface Opened {
  readonly kind: string;
  readonly follow_ups: readonly string[];
}

interface Here {
  readonly isDesk: boolean;
  /** The reminder's own path, with what was chosen on it. */
  readonly path: string;
}

const listOf = (isDesk: boolean): string => (isDesk ? '/desk/reminders' : '/promises');

/** To the one promise it is about, with what was chosen; to the list where that is none, several, or not on this device. */
export function placeOf(opened: Opened, { isDesk, path }: Here, isHere: (promise: string) => boolean): string {
  const [only = '', ...others] = opened.follow_ups;
  if (opened.kind === 'review') return '/desk';
  if (others.length > 0 || !isHere(only)) return listOf(isDesk);
  const chosen = path.split('/')[3];
  return `${isDesk ? '/desk' : ''}/promise/${only}${chosen ? `/${chosen}` : ''}`;
}

/** Where to go when the server did not say, and the message for that; '' where the screen there says it. */
export function placeAfter(
  { code, status }: { code?: string; status?: number },
  { isDesk, path }: Here,
): { place: string; message: string } {
  // A desk's session ends by itself: who signs in again comes back here.
  if (isDesk && status === 401) return { place: `/desk/again${path}`, message: '' };
  const messages: Record<string, string> = { not_found: 'reminder-not-yours', offline: 'reminder-offline' };
  return { place: listOf(isDesk), message: messages[code ?? ''] ?? `error-${code}` };
}

/** Where somebody goes on who signed in again at `/desk/again…`: to the reminder that asked for it, else to the desk. */
export const placeAgain = (path: string): string => /^\/desk\/again(\/reminder\/.+)$/.exec(path)?.[1] ?? '/desk';
