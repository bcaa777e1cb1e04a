/** No promise is forgotten: reminders that say a number and nothing else, through a real push and the lock (docs/reminders.md). */
import type { Page } from '@playwright/test';
import { Demo, EMAIL, PASSWORD, TEMPLATE } from './support/demo.ts';
import { promises } from './support/promising.ts';
import { Delivery, PushService } from './support/push.ts';
import { test as base, desk, enrol, expect, GENERALIST, go, installed, sent } from './support/story.ts';

const MARKER = 'Zq7pX2vKd9';

const test = base.extend<{ push: PushService }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the pattern -- fixtures take none here
  push: async ({}, use) => {
    const push = await PushService.start();
    await use(push);
    push.end();
  },
  // A server that may send to no push service but this one.
  demo: async ({ push }, use) => {
    const demo = await Demo.at(process.env[TEMPLATE]);
    demo.extra.ONTHAAL_PUSH_EXTRA_ORIGINS = push.url;
    await demo.start();
    await use(demo);
    await demo.end();
  },
});

/** On this tablet, with one touch. */
async function turnOn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await page.getByRole('button', { name: 'Hoe wil je herinnerd worden?' }).click();
  await page.getByRole('button', { name: 'Herinner me op deze tablet' }).click();
  await expect(page.getByText('Deze tablet herinnert je vanaf nu.')).toBeVisible();
}

test('a promise that comes due shows a number on a locked tablet; a touch opens it after the unlock', async ({ demo, tablet, push }) => {
  test.slow();
  await demo.asCoordinator('PUT', '/api/reminders/organisation', { before: ['PT30M'], quiet_from: '00:00', quiet_until: '00:00', quiet_days: [] });
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await tablet.context.grantPermissions(['notifications'], { origin: demo.url() });
  await push.standsIn(tablet);
  await turnOn(page);
  const device = await Delivery.to(page);
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();

  await promises(demo, GENERALIST, { afterMs: 30 * 60_000 + 8000, promised: MARKER, place: `${MARKER} 3` });
  const [message = ''] = await push.received(push.current as never, 1);
  expect(message).toContain('1 afspraak');
  expect(message).not.toContain(MARKER);
  expect(message).not.toContain(GENERALIST);
  expect(await device.shows(message)).toEqual([{ title: 'Onthaal', body: '1 afspraak' }]);
  expect(await device.shows(message)).toHaveLength(1); // a repeat takes its place

  await device.touch('done');
  await expect(page).toHaveURL(/\/reminder\/[\w-]{22}\/done$/);
  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();
  await tablet.unlocks();
  const chosen = page.getByRole('region', { name: 'Is dit gedaan?' });
  await expect(page.getByLabel('Wat is beloofd')).toHaveValue(MARKER);
  await chosen.getByRole('button', { name: 'Gedaan' }).click();
  await expect(page.getByText('Gedaan. Beloofd is beloofd.')).toBeVisible();
  await sent(page);
});

test('what the browser renews is told at once, a test arrives there, the desk sees that it left; turned off is off on both sides', async ({
  demo,
  tablet,
  coordinator,
  push,
}) => {
  test.slow();
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await tablet.context.grantPermissions(['notifications'], { origin: demo.url() });
  await push.standsIn(tablet);
  await turnOn(page);
  const device = await Delivery.to(page);
  const first = push.current as never;
  const told = page.waitForResponse((one) => one.url().endsWith('/api/reminders/subscription') && one.request().method() === 'PUT');

  const renewed = await push.subscribe();
  await device.renewed();
  expect((await told).status()).toBe(200);
  await page.getByRole('button', { name: 'Stuur een proefbericht' }).click();
  await expect(page.getByText('Onderweg naar 1 toestel.')).toBeVisible();
  expect(await push.received(renewed, 1)).toHaveLength(1);
  expect(await push.received(first, 0)).toEqual([]);

  const office = await desk(coordinator, demo);
  await go(office, 'Herinneringen');
  const row = office.getByRole('row', { name: GENERALIST });
  await expect(row).toContainText('proefbericht');
  await expect(row).toContainText('aanvaard: 1');

  await page.getByRole('button', { name: 'Zet uit' }).click();
  await expect(page.getByText('Deze tablet herinnert je niet meer.')).toBeVisible();
  expect(push.current).toBeNull();
  await expect(page.getByRole('button', { name: 'Herinner me op deze tablet' })).toBeVisible();

  await promises(demo, GENERALIST, { afterMs: 60 * 60_000, promised: MARKER, place: '', isNobodys: true });
  await office.getByRole('region', { name: '1 afspraak zonder iemand die ze opneemt' }).getByRole('button').click();
  await expect(office.getByText(MARKER)).toBeVisible();
  await office.getByRole('button', { name: 'Ik neem dit op' }).click();
  await expect(office.getByText(/^Dit is nu voor/)).toBeVisible();
  await go(office, 'Herinneringen');
  await expect(office.getByRole('status').filter({ hasText: '1 binnenkort' })).toBeVisible();
  await office.getByRole('region', { name: 'Mijn afspraken' }).getByRole('button').click();
  await office.getByRole('button', { name: 'Dit is gebeurd zoals beloofd' }).click();
  await sent(office);
  await expect(office.getByText('1 binnenkort')).toBeHidden();

  await coordinator.context.clearCookies();
  await office.goto(`${demo.url()}/reminder/Cm9vU3pYc2FtcGxlaWQwMA`);
  await office.getByLabel('E-mail').fill(EMAIL);
  await office.getByLabel('Wachtwoord').fill(PASSWORD);
  await office.getByRole('button', { name: 'Aanmelden', exact: true }).click();
  await expect(office.getByText('Deze herinnering is niet voor jou, of ze is voorbij.')).toBeVisible();
});
