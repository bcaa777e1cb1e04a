/** No promise is forgotten: reminders that say a number and nothing else, through a real push and the lock (docs/reminders.md). */
import type { Locator, Page, Response } from '@playwright/test';
import { downloads, reads, scans } from './support/calendars.ts';
import { Demo, EMAIL, PASSWORD, TEMPLATE } from './support/demo.ts';
import { promises } from './support/promising.ts';
import { Delivery, PushService } from './support/push.ts';
import { AT_TABLE_3, test as base, chooseCard, desk, enrol, expect, GENERALIST, go, installed, sent, write } from './support/story.ts';

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

// Half an hour before, at any hour of any day, and nothing in the morning.
const LOUD = { before: ['PT30M'], quiet_from: '00:00', quiet_until: '00:00', quiet_days: [], digest: false };
const TELEPHONE = '+32470123456';

async function setsReminders(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await page.getByRole('button', { name: 'Hoe wil je herinnerd worden?' }).click();
}

/** A browser that may show nothing; or one of an iPad, before the app is on its home screen. */
const elsewhere = (page: Page, isOnIPad: boolean): Promise<void> =>
  page.evaluate((onIPad) => {
    Object.defineProperty(Notification, 'permission', { value: 'denied', configurable: true });
    Object.defineProperty(navigator, 'standalone', { value: false, configurable: true });
    if (onIPad) Reflect.deleteProperty(globalThis, 'PushManager');
  }, isOnIPad);

/** On this tablet, with one touch. */
async function turnOn(page: Page): Promise<void> {
  await setsReminders(page);
  await page.getByRole('button', { name: 'Herinner me op dit toestel' }).click();
  await expect(page.getByText('Dit toestel herinnert je vanaf nu.')).toBeVisible();
}

/** A tablet that wakes locks first, and hears in that moment of what was touched while it slept. */
async function locksTouched(page: Page, reminder: string): Promise<void> {
  await go(page, 'Plein');
  await page.getByRole('button', { name: 'Scherm verbergen' }).evaluate((shield, path) => {
    (shield as HTMLElement).click();
    navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: { type: 'FOLLOW', path } }));
  }, reminder);
  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();
}

async function locks(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();
}

/** The worker's file rings as they and the promise wish; the visitor's code says a moment, and the place where they agreed. */
async function goesToCalendars(page: Page): Promise<void> {
  const also = page.getByRole('group', { name: 'Herinner ook' }).getByRole('button', { name: '4 uur ervoor' });
  await also.click();
  await expect(also).toHaveAttribute('aria-pressed', 'true');
  const file = await downloads(page, page.getByRole('button', { name: 'In mijn agenda' }));
  expect(file).toMatchObject({ summary: 'Onthaal: 1 afspraak', place: '', rings: ['-PT240M', '-PT30M'] });
  await page.getByRole('button', { name: 'Voor de bezoeker' }).click();
  const picture = page.getByRole('img', { name: 'Een code om te scannen' });
  const code = await scans(picture);
  expect(code).toMatchObject({ summary: 'Afspraak', start: file.start, place: '', rings: [] });
  await page.getByRole('button', { name: `Ja: ${MARKER} 3` }).click();
  expect(await scans(picture)).toMatchObject({ start: file.start, place: `${MARKER} 3` });
  expect(file.text + code.text).not.toContain(MARKER);
}

type Own = Readonly<Record<string, unknown>> & { readonly quiet_days?: readonly number[] };

/** What somebody wished, as the server took it; `undefined` of other answers. */
async function ownOf(answer: Response): Promise<Own | undefined> {
  const isIt = answer.url().endsWith('/api/reminders/preferences') && answer.request().method() === 'PUT';
  return isIt ? ((await answer.json()) as { own: Own }).own : undefined;
}

/** What a worker wishes is kept at once, and taken back as a whole. */
async function wishes(page: Page): Promise<void> {
  const form = page.getByRole('region', { name: 'Wanneer' });
  const told = async (act: () => Promise<void>): Promise<Own> => {
    const [answer] = await Promise.all([page.waitForResponse(async (one) => (await ownOf(one)) !== undefined), act()]);
    return (await ownOf(answer)) as Own;
  };
  const touches = (name: string): Promise<Own> => told(() => form.getByRole('button', { name, exact: true }).click());
  const writes = (label: string, text: string): Promise<Own> => told(() => write(form.getByLabel(label), text));

  expect(await touches('1 uur ervoor')).toMatchObject({ before: ['PT30M', 'PT1H'] });
  await expect(form.getByRole('button', { name: '1 uur ervoor' })).toHaveAttribute('aria-pressed', 'true');
  expect(await touches('een half uur ervoor')).toMatchObject({ before: ['PT1H'] });
  // Two touches before an answer to either: both count.
  const both = page.waitForResponse(async (one) => (await ownOf(one))?.quiet_days?.length === 2);
  await form.evaluate((shown) => {
    for (const one of shown.querySelectorAll('button')) if (/maandag|dinsdag/.test(one.textContent ?? '')) one.click();
  });
  expect(await ownOf(await both)).toMatchObject({ before: ['PT1H'], quiet_days: [1, 2] });
  expect(await writes('De avond ervoor om', '19:30')).toMatchObject({ evening_at: '19:30' });
  expect(await writes('Stil vanaf', '20:15')).toMatchObject({ quiet_from: '20:15' });
  expect(await writes('Stil tot', '08:45')).toMatchObject({ quiet_until: '08:45' });
  expect(await touches('ja: hoeveel vandaag, hoeveel te laat')).toMatchObject({ digest: true });
  expect(await writes('Overzicht om', '09:05')).toMatchObject({ digest_at: '09:05' });
  expect(await writes('Hoogstens zoveel keer per dag', '2')).toMatchObject({ per_day: 2, evening_at: '19:30' });
  expect(await touches('nee, ik kijk zelf')).toMatchObject({ is_on: false });
  await expect(form.getByLabel('Stil vanaf')).toHaveCount(0);
  expect(await touches('ja')).toMatchObject({ is_on: true });
  await expect(form.getByLabel('Stil vanaf')).toHaveValue('20:15');
  expect(Object.values(await touches('Zoals het voor iedereen is')).filter((one) => one !== null)).toEqual([]);
  await expect(form.getByLabel('Stil vanaf')).toHaveValue('00:00');
}

/** Numbers that were put on the app's icon. */
const badges = (page: Page): Promise<number[]> => page.evaluate(() => (globalThis as { badges?: number[] }).badges ?? []);

/** Runs in the page: a browser without a desktop around it shows no number on an icon. */
function watchBadge(): void {
  const shown: number[] = [];
  Object.assign(globalThis, { badges: shown });
  Object.assign(navigator, { setAppBadge: async (n: number) => shown.push(n), clearAppBadge: async () => shown.push(0) });
}

test('each worker says when to be reminded; what is for today stands on top and on the icon, without any network', async ({ demo, tablet }) => {
  test.slow();
  await demo.asCoordinator('PUT', '/api/reminders/organisation', { ...LOUD, zone: 'Europe/Paris' });
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await elsewhere(page, false);
  await setsReminders(page);
  await expect(page.getByText('Deze browser mag geen meldingen tonen.')).toBeVisible();
  await expect(page.getByText('Er zijn andere wegen')).toBeVisible();
  await elsewhere(page, true);
  await setsReminders(page);
  await expect(page.getByRole('listitem').filter({ hasText: 'Kies “Zet op beginscherm”.' })).toBeVisible();
  await expect(page.getByText('Er zijn andere wegen')).toBeVisible();
  await expect(page.getByText('Deze uren zijn die van Europe/Paris')).toBeVisible();
  await wishes(page);

  await tablet.offline(true);
  await page.evaluate(watchBadge);
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(page, 'dolfijn', '794');
  await write(page.getByLabel('Een andere dag'), new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Brussels' }));
  await page.getByRole('button', { name: 'Het is beloofd' }).click();
  await expect(page.getByRole('status').filter({ hasText: '1 vandaag' })).toBeVisible();
  expect((await badges(page)).at(-1)).toBe(1);
  await tablet.reload();
  await page.evaluate(watchBadge);
  await go(page, 'Plein');
  await page.getByRole('button', { name: '1 vandaag' }).click();
  await page.getByRole('button', { name: 'Gedaan', exact: true }).click();
  await expect(page.getByText('1 vandaag')).toBeHidden();
  expect((await badges(page)).at(-1)).toBe(0);
  await expect(page.getByText(/wacht/)).toBeVisible(); // all of it without the network
});

test('a promise that comes due shows a number on a locked tablet; a touch, or what is chosen on it, opens it after the unlock', async ({
  demo,
  tablet,
  push,
}) => {
  test.slow();
  await demo.asCoordinator('PUT', '/api/reminders/organisation', LOUD);
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await tablet.context.grantPermissions(['notifications'], { origin: demo.url() });
  await push.standsIn(tablet);
  await turnOn(page);
  const device = await Delivery.to(page);
  await locks(page);

  await promises(demo, GENERALIST, { afterMs: 30 * 60_000 + 8000, promised: MARKER, place: `${MARKER} 3`, telephone: TELEPHONE });
  const [message = ''] = await push.received(push.current as never, 1);
  expect(message).toContain('1 afspraak');
  for (const told of [MARKER, GENERALIST, TELEPHONE]) expect(message).not.toContain(told);
  expect(await device.shows(message)).toEqual([{ title: 'Onthaal', body: '1 afspraak' }]);
  expect(await device.shows(message)).toHaveLength(1); // a repeat takes its place

  const chosen = async (action: string, heading: string): Promise<Locator> => {
    await device.touch(action);
    await expect(page).toHaveURL(new RegExp(`/reminder/[\\w-]{22}/${action}$`));
    await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();
    await tablet.unlocks();
    await expect(page.getByLabel('Wat is beloofd')).toHaveValue(MARKER);
    return page.getByRole('region', { name: heading });
  };
  await device.touch();
  await expect(page).toHaveURL(/\/reminder\/[\w-]{22}$/);
  const { pathname } = new URL(page.url());
  await tablet.unlocks();
  await expect(page.getByLabel('Wat is beloofd')).toHaveValue(MARKER);
  await locksTouched(page, pathname);
  await tablet.unlocks();
  await expect(page.getByLabel('Wat is beloofd')).toHaveValue(MARKER);
  await locks(page);
  await device.shows(message);
  await expect((await chosen('call', 'Bellen')).getByRole('link', { name: TELEPHONE })).toHaveAttribute('href', `tel:${TELEPHONE}`);
  await locks(page);
  await device.shows(message);
  await (await chosen('later', 'Op een later moment')).getByRole('button').first().click();
  await expect(page.getByText('De afspraak is verplaatst')).toBeVisible();
  await goesToCalendars(page);
  await setsReminders(page);
  await page.getByRole('button', { name: 'Maak een link' }).click();
  const link = page.getByText(/calendar\/[\w-]{43}\.ics$/);
  await expect.poll(async () => (await reads(await link.innerText())).rings).toEqual(['-PT240M', '-PT30M']);
  expect(await reads(await link.innerText())).toMatchObject({ summary: 'Onthaal: 1 afspraak', place: '' });
  await page.goto('about:blank'); // the app is closed
  await device.shows(message);
  const opened = await device.opens();
  expect(opened).toMatch(/^\/reminder\/[\w-]{22}$/);
  await page.goto(demo.url() + opened);
  await tablet.unlocks();
  await expect(page.getByLabel('Wat is beloofd')).toHaveValue(MARKER);
  await locks(page);
  await device.shows(message);
  await (await chosen('done', 'Is dit gedaan?')).getByRole('button', { name: 'Gedaan' }).click();
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
  expect(await device.renewed()).toBe(push.key);
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
  await expect(page.getByText('Dit toestel herinnert je niet meer.')).toBeVisible();
  expect(push.current).toBeNull();
  await expect(page.getByRole('button', { name: 'Herinner me op dit toestel' })).toBeVisible();

  const mark = office.getByRole('navigation').getByRole('button', { name: 'Herinneringen' }).locator('.badge');
  const before = Number(await mark.innerText());
  await promises(demo, GENERALIST, { afterMs: 60 * 60_000, promised: MARKER, place: '', isNobodys: true });
  await expect(mark).toHaveText(String(before + 1));
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

  await promises(demo, AT_TABLE_3, { afterMs: -2 * 60 * 60_000, promised: MARKER, place: '' });
  await demo.asCoordinator('PATCH', `/api/members/${await demo.memberId(AT_TABLE_3)}`, { active: false });
  await go(office, 'Herinneringen');
  await expect(office.getByRole('region', { name: 'Wie niet herinnerd kan worden' })).toContainText(/Sablonne +1 open afspraak/);
  const left = office.getByRole('listitem').filter({ hasText: `Was voor ${AT_TABLE_3}, die niet meer in het team is` });
  await left.filter({ hasText: 'Te laat' }).getByRole('button').click();
  await office.getByRole('group', { name: 'Wie neemt dit op?' }).getByRole('button', { name: GENERALIST }).click();
  await expect(office.getByText(`Dit is nu voor ${GENERALIST}.`)).toBeVisible();
  await expect(office.getByText('die niet meer in het team is')).toBeHidden();

  await coordinator.context.clearCookies();
  await office.goto(`${demo.url()}/reminder/Cm9vU3pYc2FtcGxlaWQwMA`);
  await office.getByLabel('E-mail').fill(EMAIL);
  await office.getByLabel('Wachtwoord').fill(PASSWORD);
  await office.getByRole('button', { name: 'Aanmelden', exact: true }).click();
  await expect(office.getByText('Deze herinnering is niet voor jou, of ze is voorbij.')).toBeVisible();
});
