/** Reminders per vault on a browser that has one subscription: turned on, off, renewed while locked, lost, left behind (docs/reminders.md). */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromBase64 } from '../../../pwa/src/device/base64.ts';
import { plain } from '../../../pwa/src/device/codec.ts';
import { DeviceReminders } from '../../../pwa/src/device/reminders.ts';
import { inClear } from '../../../pwa/src/device/vault/clear.ts';
import { leave } from '../../../pwa/src/device/vault/leaving.ts';
import { allWaking, endWaking, noteWaking } from '../../../pwa/src/device/waking.ts';
import { database } from './databases.ts';
import { FakeBrowser, FakeServer, NOTHING_WISHED } from './pushes.ts';
import { vaultRow } from './rows.ts';

let browser: FakeBrowser;
let server: FakeServer;
let name = 0;
const open = (owner: string, db = database(`reminders-${name++}`), device = `${owner}-device`): Promise<DeviceReminders> =>
  DeviceReminders.open({ db, codec: plain, owner, device, token: () => owner });

beforeEach(async () => {
  browser = new FakeBrowser();
  server = new FakeServer();
  browser.install();
  server.install();
  await inClear((clear) => Promise.all([clear.waking.clear(), clear.vaults.clear()]));
});
afterEach(() => vi.unstubAllGlobals());

test('is on with one question, and off on both sides', async () => {
  const reminders = await open('v1');
  expect(await reminders.waking()).toBe('off');

  expect([await reminders.turnOn('nl'), await reminders.waking()]).toEqual(['on', 'on']);
  expect(server.known.get('Bearer v1')).toEqual({
    endpoint: 'https://push.example/1',
    p256dh: 'p1',
    auth: 'a',
    key: 'key1',
    language: 'nl',
  });

  expect(server.wishes.get('Bearer v1')).toMatchObject({ language: 'nl' });

  await reminders.turnOff();
  expect([server.known.size, browser.subscription, await reminders.waking()]).toEqual([0, null, 'off']);
});

test('who says no is asked nothing more, and the server hears nothing', async () => {
  browser.answer = 'denied';
  const reminders = await open('v1');

  expect([await reminders.turnOn('nl'), await reminders.waking(), server.calls]).toEqual(['refused', 'refused', []]);
});

test('a browser without pushes, and an iPad that has them from the home screen alone', async () => {
  vi.stubGlobal('PushManager', undefined);
  Reflect.deleteProperty(globalThis, 'PushManager');
  const reminders = await open('v1');

  expect([await reminders.waking(), await reminders.turnOn('nl')]).toEqual(['unsupported', 'unsupported']);
  vi.stubGlobal('navigator', { standalone: false, locks: navigator.locks });
  expect(await reminders.waking()).toBe('home_screen');
});

describe('two vaults on one tablet', () => {
  test('share the subscription; it goes with the last of them', async () => {
    const [one, other] = [await open('v1'), await open('v2')];
    await one.turnOn('nl');
    await other.turnOn('fr');
    expect([browser.made, server.known.size]).toEqual([1, 2]);

    await one.turnOff();
    expect([server.endpointOf('v1'), server.endpointOf('v2'), await one.waking(), await other.waking()]).toEqual([
      undefined,
      'https://push.example/1',
      'off',
      'on',
    ]);
    await other.turnOff();
    expect(browser.subscription).toBeNull();
  });

  test('a vault that leaves takes its own along, signed out or revoked', async () => {
    await inClear((clear) => clear.vaults.bulkPut([vaultRow({ id: 'v1' }), vaultRow({ id: 'v2' })]));
    await (await open('v1')).turnOn('nl');
    await (await open('v2')).turnOn('nl');

    vi.stubGlobal('document', { cookie: '' });
    await leave('v1');
    expect([(await allWaking()).map(({ owner }) => owner), browser.subscription === null]).toEqual([['v2'], false]);
    await leave('v2');
    expect([await allWaking(), browser.subscription]).toEqual([[], null]);
  });
});

describe('what happened meanwhile is told at the next start', () => {
  test('the browser renewed its subscription while the vault was locked', async () => {
    await (await open('v1')).turnOn('fr');
    browser.renew('key1');

    await (await open('v1')).settle();

    expect([server.endpointOf('v1'), (await allWaking())[0]]).toEqual([
      'https://push.example/2',
      { owner: 'v1', device: 'v1-device', endpoint: 'https://push.example/2', language: 'fr', key: 'key1' },
    ]);
  });

  test('the browser lost it: another is made, and the server told', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('fr');
    browser.subscription = null;

    await reminders.settle();

    expect([server.endpointOf('v1'), await reminders.waking(), await reminders.isLost()]).toEqual(['https://push.example/2', 'on', false]);
    expect(await allWaking()).toEqual([
      { owner: 'v1', device: 'v1-device', endpoint: 'https://push.example/2', language: 'fr', key: 'key1' },
    ]);
  });

  test('no other can be made: that is said, the server stops, and the next start tries again', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('nl');
    [browser.subscription, browser.isServed] = [null, false];

    await reminders.settle();
    expect([server.known.size, await reminders.waking(), await reminders.isLost()]).toEqual([0, 'off', true]);

    browser.isServed = true;
    await reminders.settle();
    expect([server.endpointOf('v1'), await reminders.waking(), await reminders.isLost()]).toEqual(['https://push.example/2', 'on', false]);
  });

  test('the permission was taken away: that is said until it is turned on again, or off', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('nl');
    browser.subscription = null;
    vi.stubGlobal('Notification', { permission: 'denied' });

    await reminders.settle();
    expect([server.known.size, await reminders.waking(), await reminders.isLost()]).toEqual([0, 'refused', true]);

    await reminders.turnOff();
    expect(await reminders.isLost()).toBe(false);
  });

  test('it was turned on before its key was noted, which the service worker renews with: from then on it is', async () => {
    await (await open('v1')).turnOn('nl');
    await noteWaking({ owner: 'v1', endpoint: 'https://push.example/1', language: 'nl' });

    await (await open('v1')).settle();

    expect((await allWaking())[0]?.key).toBe('key1');
  });

  test('the server replaced its key', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('nl');
    server.key = 'key2';

    await reminders.settle();

    expect(server.known.get('Bearer v1')).toMatchObject({ endpoint: 'https://push.example/2', key: 'key2' });
  });

  test('the server dropped an endpoint that its push service no longer knew: another one is made for both vaults', async () => {
    const [one, other] = [await open('v1'), await open('v2')];
    await one.turnOn('nl');
    await other.turnOn('nl');
    server.known.clear();

    await one.settle();
    await other.settle();

    expect([server.endpointOf('v1'), server.endpointOf('v2'), browser.made]).toEqual([
      'https://push.example/2',
      'https://push.example/2',
      2,
    ]);
  });

  test('a desk was signed in at again, by a session that the server knows nothing of: the other vaults keep what wakes them', async () => {
    await (await open('v1')).turnOn('nl');
    await (await open('desk', undefined, 'session-1')).turnOn('nl');
    server.known.delete('Bearer desk');

    await (await open('desk', undefined, 'session-2')).settle();

    expect([server.endpointOf('desk'), server.endpointOf('v1'), browser.subscription?.endpoint]).toEqual(
      Array.from({ length: 3 }, () => 'https://push.example/1'),
    );

    server.known.delete('Bearer desk'); // told by this session, and its push service called it gone
    await (await open('desk', undefined, 'session-2')).settle();
    expect([server.endpointOf('desk'), browser.made]).toEqual(['https://push.example/2', 2]);
  });

  test('the browser renewed its subscription for a key that was replaced since', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('nl');
    server.known.clear();
    server.key = 'key2';
    browser.renew('key1');

    await reminders.settle();

    expect(browser.subscription?.options.applicationServerKey).toEqual(fromBase64('key2').buffer);
    expect(server.known.get('Bearer v1')).toMatchObject({ endpoint: 'https://push.example/3', key: 'key2' });
  });

  test('it was turned off here, and only here', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('nl');
    await endWaking('v1');

    await reminders.settle();

    expect(server.known.size).toBe(0);
  });
});

describe('another language of the screens is that of the reminders too', () => {
  const spoken = async (): Promise<unknown[]> => [
    server.known.get('Bearer v1')?.language,
    server.wishes.get('Bearer v1'),
    (await allWaking()).map(({ language }) => language),
  ];

  test('at once; what else was wished stays', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('nl');

    await reminders.speak('fr');

    expect(await spoken()).toEqual(['fr', { ...NOTHING_WISHED, language: 'fr', per_day: 2 }, ['fr']]);
  });

  test('who asks for the preferences meanwhile gets them with it', async () => {
    const reminders = await open('v1');

    const [, { own }] = await Promise.all([reminders.speak('fr'), reminders.preferences()]);

    expect(own.language).toBe('fr');
  });

  test('chosen without a network it is told by the next start', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('nl');
    server.isReachable = false;
    await reminders.speak('fr');
    expect(await spoken()).toEqual(['nl', { ...NOTHING_WISHED, language: 'nl', per_day: 2 }, ['fr']]);

    server.isReachable = true;
    await (await open('v1')).settle();

    expect(await spoken()).toEqual(['fr', { ...NOTHING_WISHED, language: 'fr', per_day: 2 }, ['fr']]);
  });

  test('for who has a calendar alone', async () => {
    const reminders = await open('v1');

    await reminders.speak('en');

    expect(await spoken()).toEqual([undefined, { ...NOTHING_WISHED, language: 'en', per_day: 2 }, []]);
  });

  test('chosen among the wishes', async () => {
    const reminders = await open('v1');
    await reminders.turnOn('nl');
    const { own } = await reminders.preferences();

    await reminders.wish({ ...own, language: 'en' });

    expect(await spoken()).toEqual(['en', { ...NOTHING_WISHED, language: 'en', per_day: 2 }, ['en']]);
  });
});

test('without a network it cannot be turned off half-way: the server would go on', async () => {
  const reminders = await open('v1');
  await reminders.turnOn('nl');
  server.isReachable = false;

  await expect(reminders.turnOff()).rejects.toMatchObject({ code: 'offline' });
  await reminders.settle();

  expect([await reminders.waking(), browser.subscription === null]).toEqual(['on', false]);
});

test('preferences are there without a network, as they were last heard of', async () => {
  const db = database('kept');
  const reminders = await open('v1', db);
  expect(reminders.moments).toEqual({ before: ['P1D', 'PT2H'], evening_at: '18:00' });
  await reminders.preferences();
  server.isReachable = false;

  expect((await open('v1', db)).moments).toEqual({ before: ['P2D'], evening_at: '19:00' });
});
