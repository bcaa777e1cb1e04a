/** A tablet that is left: by who signs out, or ended from afar. All goes away, and nothing that was entered. */
import type { Route } from '@playwright/test';
import { desk, enrol, expect, GENERALIST, go, installed, sent, takes, tap, test } from './support/story.ts';

const OTHER = 'Ilyas Marnoise';

test('who signs out sends first, then the tablet forgets everything', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await tap(page, 'koffie');
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await page.getByRole('button', { name: 'Afmelden op deze tablet' }).click();
  await page.getByRole('button', { name: 'Ja, afmelden' }).click();

  await expect(page.getByRole('heading', { name: 'Coördinatoren melden zich aan' })).toBeVisible();
  expect(await tablet.remembers()).toEqual([]);
  await page.goto(demo.url());
  await expect(page.getByRole('heading', { name: 'Coördinatoren melden zich aan' })).toBeVisible();
});

test('T05: a revoked tablet hands over what all who work on it wrote, then forgets everything', async ({ demo, tablet, coordinator }) => {
  test.slow();
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  const device = await tablet.deviceId();
  const hides = async (): Promise<void> => {
    await worker.getByRole('button', { name: 'Scherm verbergen' }).click();
    await expect(worker.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();
  };
  await installed(worker);
  await hides();
  await worker.goto('about:blank');
  await worker.goto(await demo.linkFor(OTHER));
  await takes(worker);
  await sent(worker);
  await expect(worker.getByText('Tafel 1', { exact: true })).toBeVisible({ timeout: 30_000 });
  await tablet.offline(true); // or the courier would be quicker than the coordinator
  await tap(worker, 'koffie');
  await expect(worker.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await hides();
  await tablet.unlocks();
  await tap(worker, 'koffie');
  await expect(worker.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  const page = await desk(coordinator, demo);
  await go(page, 'Mensen');
  const line = page.getByRole('listitem').filter({ hasText: GENERALIST });
  const { devices } = await demo.asCoordinator<{ devices: { id: string; label: string }[] }>('GET', '/api/team');
  expect(devices.map((one) => one.id)).toContain(device);
  await line.getByRole('button', { name: 'Deze tablet beëindigen' }).first().click();
  await line.getByRole('button', { name: `Ja: ook ${OTHER} werkt erop.` }).click();
  await expect(line.getByText('toegang beëindigd')).toBeVisible();

  let asked = 0;
  const unheard = (route: Route): Promise<void> => {
    asked += 1;
    return route.abort();
  };
  await worker.context().route('**/api/forget', unheard, { times: 2 });
  await tablet.offline(false);

  await expect(worker.getByRole('heading', { name: 'Coördinatoren melden zich aan' })).toBeVisible();
  await expect(worker.getByText('De toegang van een medewerker op deze tablet werd beëindigd')).toBeVisible();
  await expect.poll(() => asked).toBe(2); // who left, and the page that came after; the next start is heard
  await worker.reload();
  await expect.poll(() => worker.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  await expect.poll(() => worker.evaluate(() => document.cookie)).toBe(''); // the browser is done: who reads now reads what is left
  expect(await tablet.remembers()).toEqual([]);
  await go(page, 'Opzij gelegd');
  await expect(page.getByText('Deze tablet heeft geen toegang meer.')).toHaveCount(2);
  for (const who of [GENERALIST, OTHER]) await expect(page.getByRole('main').getByText(who).first()).toBeVisible();
});
