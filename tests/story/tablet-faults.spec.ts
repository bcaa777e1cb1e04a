/** What a tablet has to stand: no network, a battery that is taken out, two tabs, no room left, somebody who signs out. */
import { expect, test } from '@playwright/test';
import { Browser, Serving } from './serving.ts';

let server: Serving;
let tablet: Browser;

test.beforeEach(async ({ launchOptions }) => {
  server = await Serving.begin();
  tablet = await Browser.open(launchOptions.args ?? []);
  await tablet.enrols(server.link('generalist'));
});

test.afterEach(async () => {
  await tablet.end();
  await server.end();
});

/** The figure on a tile of the square. */
const count = async (page = tablet.page): Promise<number> =>
  Number(
    await page
      .getByRole('button', { name: /coffee/ })
      .locator('.n')
      .innerText(),
  );

const taps = (page = tablet.page): Promise<void> => page.getByRole('button', { name: /coffee/ }).click();

test('a tablet that is killed without a network comes back with every edit and every letter, and sends them without a touch', async () => {
  const before = await count();
  await server.stop();
  await taps();
  await taps();
  await expect.poll(count).toBe(before + 2);
  await tablet.page.getByRole('button', { name: 'New talk' }).click();
  await tablet.page.getByLabel('In their own words').pressSequentially('the heating is off since ');
  await expect.poll(() => tablet.rows('drafts').then((rows) => rows.join())).toContain('since ');

  await tablet.kill();
  await tablet.start();
  await tablet.page.goto(server.url);

  await expect.poll(count).toBe(before + 2);
  await expect(tablet.page.getByText('changes wait')).toBeVisible();
  await tablet.page.getByRole('button', { name: 'A half-written talk: go on' }).click();
  await expect(tablet.page.getByLabel('In their own words')).toHaveValue('the heating is off since ');
  await tablet.page.getByRole('button', { name: 'Keep' }).first().click();
  await tablet.page.getByRole('button', { name: 'Square' }).click();

  await server.start();
  await tablet.page.reload();
  await expect(tablet.page.getByText('Everything is sent')).toBeVisible();
  await expect.poll(count).toBe(before + 2);
  expect(await tablet.rows('refused')).toEqual([]);
});

test('of two tabs one carries, both show what either wrote, and nothing is counted twice', async () => {
  const other = await tablet.context.newPage();
  let calls = 0;
  other.on('request', (request) => {
    if (request.url().endsWith('/api/sync')) calls += 1;
  });
  await other.goto(server.url);
  await other.getByText('Everything is sent').waitFor();
  const before = await count();

  await taps(other);
  await taps(tablet.page);
  await taps(other);

  await expect.poll(() => count()).toBe(before + 3);
  await expect.poll(() => count(other)).toBe(before + 3);
  await expect(other.getByText('Everything is sent')).toBeVisible();
  expect(calls).toBe(0);

  await tablet.page.close(); // the other takes over
  await taps(other);
  await expect(other.getByText('Everything is sent')).toBeVisible();
  await expect.poll(() => count(other)).toBe(before + 4);
  expect(calls).toBeGreaterThan(0);
});

test('a tablet without room says so in words, and what waits stays', async () => {
  await server.stop();
  await taps();
  await expect.poll(() => tablet.rows('outbox').then((rows) => rows.length)).toBe(1);
  await tablet.kill(); // Chromium remembers for a while that there was room
  await tablet.start();
  const session = await tablet.context.newCDPSession(tablet.page);
  const origin = server.url;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await tablet.page.goto(server.url);
  await taps();

  await expect(tablet.page.getByText('This tablet is full').first()).toBeVisible();
  expect((await tablet.rows('outbox')).length).toBeGreaterThanOrEqual(1);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await taps();
  await server.start();
  await tablet.page.reload();
  await expect(tablet.page.getByText('Everything is sent')).toBeVisible();
  expect((await tablet.rows('kept')).length).toBeGreaterThanOrEqual(2);
});

test('who signs out sends first, then the tablet forgets everything', async () => {
  await taps();
  await tablet.page.getByRole('button', { name: 'Settings' }).click();
  await tablet.page.getByRole('button', { name: 'Sign out of this tablet' }).click();
  await tablet.page.getByRole('button', { name: 'Yes, sign out' }).click();

  await expect(tablet.page.getByText('Sign in').first()).toBeVisible();
  const left = await tablet.page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name));
  expect(left.filter((name) => name !== 'onthaal')).toEqual([]); // that one says who is signed in: nobody
  await tablet.page.goto(server.url);
  await expect(tablet.page.getByText('Sign in').first()).toBeVisible();
});

test('a revoked tablet hands over what was written on it, then forgets everything', async () => {
  await server.stop();
  await taps();
  await expect.poll(() => tablet.rows('outbox').then((rows) => rows.length)).toBe(1);
  await server.start();
  const { devices } = await server.coordinator<{ devices: { id: string; label: string }[] }>('GET', '/api/team');
  const [{ device }] = (await tablet.identity()) as [{ device: string }];
  expect(devices.map((one) => one.id)).toContain(device);
  await server.coordinator('POST', `/api/devices/${device}/revoke`, {});

  await tablet.page.reload();

  await expect(tablet.page.getByText('Sign in').first()).toBeVisible();
  expect(await tablet.rows('records')).toEqual([]);
  const parked = await server.coordinator<{ code: string; kind: string }[]>('GET', '/api/parked');
  expect(parked.filter((one) => one.kind === 'tally').map((one) => one.code)).toContain('revoked');
});

test('a new version waits until nobody is in the middle of a form, and is started by whoever works here', async () => {
  const update = tablet.page.getByRole('button', { name: 'A new version is ready' });
  const other = await tablet.context.newPage();
  await other.goto(server.url);
  await tablet.page.getByRole('button', { name: 'New talk' }).click();
  await tablet.page.getByLabel('In their own words').pressSequentially('half a sen');
  await server.release();
  await tablet.page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect.poll(() => tablet.page.evaluate(async () => Boolean((await navigator.serviceWorker.ready).waiting))).toBe(true);
  await expect(update).toBeHidden();

  await tablet.page.getByRole('button', { name: 'Keep' }).first().click();
  await tablet.page.getByRole('button', { name: 'Square' }).click();
  await update.click();

  await expect
    .poll(() => tablet.page.evaluate(async () => Boolean((await navigator.serviceWorker.ready).waiting)).catch(() => true))
    .toBe(false);
  await expect(tablet.page.getByText('Everything is sent')).toBeVisible();
  await expect(update).toBeHidden();

  // The other tab still runs the old version, and is told so.
  await other.getByRole('button', { name: 'A new version is ready' }).click();
  await expect(other.getByText('Everything is sent')).toBeVisible();
  await expect(other.getByRole('button', { name: 'A new version is ready' })).toBeHidden();
});
