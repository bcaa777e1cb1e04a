/** The browser took its subscription away: the service worker makes another one, also where it is not told which that was. */
import 'fake-indexeddb/auto';
import { beforeEach, expect, test } from 'vitest';
import { type Changed, renewed } from '../../../pwa/src/device/renewing.ts';
import { inClear } from '../../../pwa/src/device/vault/clear.ts';
import { noteWaking } from '../../../pwa/src/device/waking.ts';

const ROW = { owner: 'v1', endpoint: 'https://push.example/1', language: 'nl', key: 'key1' };
let asked: unknown[];
let present: unknown;
const pushManager = {
  getSubscription: async () => present,
  subscribe: async (options: unknown) => asked.push(options),
} as unknown as PushManager;
const change = (changed: Changed = {}): Promise<void> => renewed(pushManager, changed);

beforeEach(async () => {
  [asked, present] = [[], null];
  await inClear((clear) => clear.waking.clear());
});

test('where the browser says nothing, with the key that was noted', async () => {
  await noteWaking(ROW);

  await change();
  await change({ oldSubscription: null, newSubscription: null });

  expect(asked).toEqual(Array(2).fill({ userVisibleOnly: true, applicationServerKey: 'key1' }));
});

test('where it tells the old one, with the key of that', async () => {
  await noteWaking(ROW);
  const applicationServerKey = new ArrayBuffer(65);

  await change({ oldSubscription: { options: { applicationServerKey } } as unknown as PushSubscription });

  expect(asked).toEqual([{ userVisibleOnly: true, applicationServerKey }]);
});

test('not where the browser has another one already, told or not', async () => {
  await noteWaking(ROW);
  await change({ newSubscription: {} as PushSubscription });
  present = {};
  await change();

  expect(asked).toEqual([]);
});

test('not where nobody here wants reminders, whatever the browser says', async () => {
  await change({ oldSubscription: { options: { applicationServerKey: new ArrayBuffer(65) } } as unknown as PushSubscription });

  expect(asked).toEqual([]);
});

test('of one that was noted before keys were, nothing can be made here: the app does at its next start', async () => {
  const { key: _, ...older } = ROW;
  await noteWaking(older);
  await change();

  expect(asked).toEqual([]);
});

test('where no vault ever was, none of its database is made', async () => {
  indexedDB.deleteDatabase('onthaal');
  await change();

  expect((await indexedDB.databases()).map(({ name }) => name)).toEqual([]);
  await noteWaking(ROW);
  await change();
  expect(asked).toHaveLength(1);
});
