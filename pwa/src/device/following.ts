import { takesAlong } from './place.ts';

/**
 * A touch on a reminder leads to a path of ours: told by the service worker where the app is open, else in the address. Before
 * the unlock the address keeps it (place.ts).
 */
export function followReminders(): void {
  // As a system that shows pushes without our script opens it: /reminder/ID?do=done
  const chosen = new URLSearchParams(location.search).get('do');
  if (chosen && location.pathname.startsWith('/reminder/')) history.replaceState(null, '', `${location.pathname}/${chosen}`);
  navigator.serviceWorker?.addEventListener('message', ({ data }) => {
    const { type, path } = (data ?? {}) as { type?: unknown; path?: unknown };
    if (type !== 'FOLLOW' || typeof path !== 'string' || takesAlong(path)) return;
    history.pushState(null, '', path);
    dispatchEvent(new PopStateEvent('popstate'));
  });
}
