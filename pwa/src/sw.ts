/// <reference lib="webworker" />
/**
 * The app's files, there without a network; and what is shown when a push comes while nobody has the app open.
 * A new version waits until the page asks for it (device/updates.ts). Nothing here can read a vault.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { fileOf, keepBefore } from './device/before.ts';
import { noticeOf, pathWith } from './device/notice.ts';
import { type Changed, renewed } from './device/renewing.ts';
import { SERVED } from './device/served.ts';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] };

const files = self.__WB_MANIFEST;
precacheAndRoute(files);
registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname.startsWith('/assets/'),
  ({ request }) => fileOf(request),
);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: SERVED.map((path) => new RegExp(`^${path}`)) }));

self.addEventListener('install', (event) => event.waitUntil(keepOld().catch((error: unknown) => console.error('before', error))));
self.addEventListener('install', (event) => event.waitUntil(leaveToNetwork(event)));
self.addEventListener('message', (event) => {
  if ((event.data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => event.waitUntil(show(event.data?.text() ?? '')));
self.addEventListener('notificationclick', (event) => event.waitUntil(follow(event.notification, event.action)));
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event as ExtendableEvent & Changed)));

/** The Service Worker standard's static routes, which the worker's types do not know yet. */
type Installing = ExtendableEvent & { readonly addRoutes?: (rules: readonly unknown[]) => Promise<void> };

/**
 * What the server answers never wakes this worker, where a browser can do that (Chromium from 123 on). One call of the app in the moment
 * in which a newer version asks this one to end starts it again, and Chromium then lets the newer one wait for minutes more, however
 * often it asks: only its first asking is heard.
 */
async function leaveToNetwork(event: Installing): Promise<void> {
  await event.addRoutes?.(SERVED.map((path) => ({ condition: { urlPattern: { pathname: `${path}*` } }, source: 'network' })));
}

async function keepOld(): Promise<void> {
  const now = new Set(files.map((one) => new URL(typeof one === 'string' ? one : one.url, self.location.href).href));
  await keepBefore((url) => now.has(url), Date.now());
}

async function show(payload: string): Promise<void> {
  const { title, badge, path, actions, ...rest } = noticeOf(payload, self.location.origin);
  // Chromium knows actions; the worker's types do not.
  const options = { ...rest, icon: '/icon-192.png', badge: '/icon-192.png', data: path, actions };
  await self.registration.showNotification(title, options);
  // Where the app has no icon there is no number on it.
  if (badge !== null && 'setAppBadge' in navigator)
    await (badge > 0 ? navigator.setAppBadge(badge) : navigator.clearAppBadge()).catch(() => undefined);
}

/** To the reminder, in the app that is open where there is one: a page that is loaded again would be locked. */
async function follow(notification: Notification, action: string): Promise<void> {
  notification.close();
  const path = pathWith(String(notification.data ?? '/'), action);
  const [open] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!open) {
    await self.clients.openWindow(path);
    return;
  }
  open.postMessage({ type: 'FOLLOW', path });
  await open.focus().catch(() => undefined); // refused without a real touch
}

/**
 * The browser has a subscription again; the server hears of it from whoever is open here, else at the next unlock
 * (device/reminders.ts): a locked vault has no token that may say so.
 */
async function renew(changed: Changed): Promise<void> {
  await renewed(self.registration.pushManager, changed).catch((error: unknown) => console.error('renew', error));
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage({ type: 'RENEWED' });
}
