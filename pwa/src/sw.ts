/// <reference lib="webworker" />
/**
 * The app's files, there without a network; and what is shown when a push comes while nobody has the app open.
 * A new version waits until the page asks for it (device/updates.ts). Nothing here can read a vault.
 */
import { cleanupOutdatedCaches, PrecacheController, type PrecacheEntry, PrecacheRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { noticeOf, pathWith } from './device/notice.ts';
import { SERVED } from './device/served.ts';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] };

const files = new PrecacheController();
files.addToCacheList(self.__WB_MANIFEST);
// The first page under its own address: each version has another, until it is the one that serves.
const FIRST_PAGE = `first-page ${files.getCacheKeyForURL('/index.html')}`;

cleanupOutdatedCaches();
registerRoute(new PrecacheRoute(files));
registerRoute(new NavigationRoute(files.createHandlerBoundToURL('/index.html'), { denylist: [...SERVED] }));
self.addEventListener('install', (event) => event.waitUntil(files.install(event).then(() => keepFirstPage(event))));
self.addEventListener('activate', (event) => event.waitUntil(Promise.all([files.activate(event), dropFirstPages()])));

/** The Service Worker standard's static routes, which the worker's types do not know yet. */
type Installing = ExtendableEvent & { readonly addRoutes?: (rules: readonly unknown[]) => Promise<void> };

/** Where a browser can (Chromium from 123 on), a start reads from the disk what never changes, without waking this worker first. */
async function keepFirstPage(event: Installing): Promise<void> {
  const page = await files.matchPrecache('/index.html');
  if (!event.addRoutes || !page) return;
  await (await caches.open(FIRST_PAGE)).put('/', page);
  // What these do not find is asked of the network: only the bare address may be answered so.
  await event.addRoutes([
    { condition: { urlPattern: { pathname: '/', search: '' }, requestMode: 'navigate' }, source: { cacheName: FIRST_PAGE } },
    { condition: { urlPattern: { pathname: '/assets/*' } }, source: { cacheName: files.strategy.cacheName } },
  ]);
}

async function dropFirstPages(): Promise<void> {
  const older = (await caches.keys()).filter((name) => name.startsWith('first-page ') && name !== FIRST_PAGE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

self.addEventListener('message', (event) => {
  if ((event.data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => event.waitUntil(show(event.data?.text() ?? '')));
self.addEventListener('notificationclick', (event) => event.waitUntil(follow(event.notification, event.action)));
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event as Changed)));

/** What a browser tells when it took a subscription away; not every one tells both. */
type Changed = ExtendableEvent & { readonly oldSubscription?: PushSubscription | null; readonly newSubscription?: PushSubscription | null };

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
async function renew({ oldSubscription, newSubscription }: Changed): Promise<void> {
  const applicationServerKey = oldSubscription?.options.applicationServerKey;
  if (!newSubscription && applicationServerKey)
    await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage({ type: 'RENEWED' });
}
