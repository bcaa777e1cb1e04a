/** Whether this browser keeps what is written in it: asked before a worker begins here (security design, ways a web app loses data). */
import type { Unfit } from './types.ts';

/** Looks for a private window; it takes a second of the disk. */
type Looks = () => Promise<{ readonly isPrivate: boolean }>;

const looks: Looks = async () => (await import('detectincognitojs')).detectIncognito();

/**
 * Why nothing should be kept here, `null` where nothing speaks against it. On an iPad a tab loses its storage after seven days
 * without use, and the installed app begins with an empty one. A private window forgets everything when it is closed; where
 * that cannot be told, nothing is said.
 */
export async function unfit(
  nav: Pick<Navigator, 'serviceWorker'> & { readonly standalone?: boolean },
  look = looks,
): Promise<Unfit | null> {
  if (nav.standalone === false) return 'home_screen';
  if (!nav.serviceWorker) return 'private'; // as in Firefox's private windows
  return (await look().catch(() => ({ isPrivate: false }))).isPrivate ? 'private' : null;
}
