/** How things stand is said in words on each screen: nothing there yet, waiting, offline, kept, sent, refused. */
import type { Page } from '@playwright/test';
import { AT_TABLE_3, chooseCard, desk, enrol, expect, go, installed, newTalk, sent, takes, test, write } from './support/story.ts';

const WORKER = 'Yusuf Eik';
const NAME = 'Plein voor het begint';

const says = (page: Page, ...words: string[]): Promise<void[]> =>
  Promise.all(words.map((one) => expect(page.getByText(one).first()).toBeVisible()));

/** Turns to an event by its name. */
async function turnsTo(page: Page): Promise<void> {
  const choice = page.getByLabel('Actie');
  await choice.selectOption({ label: await choice.getByRole('option', { name: new RegExp(NAME) }).innerText() });
}

test('before anything happened each screen says so: square, table, promises, a card, and the desk', async ({ demo, tablet, second, coordinator }) => {
  test.slow();
  await demo.asCoordinator('POST', '/api/members', { display_name: WORKER, role: 'generalist' }); // with no promise of another day
  const office = await desk(coordinator, demo);
  await go(office, 'Opzij gelegd');
  await says(office, 'Er ligt niets opzij.');
  await go(office, 'Actie');
  await office.getByRole('button', { name: 'Nieuwe actie' }).click();
  await office.getByLabel('Naam van de actie').fill(NAME);
  await office.getByLabel('Plaats', { exact: true }).fill('Bockstaelplein');
  await office.getByRole('button', { name: 'Nieuwe actie' }).click();
  await expect(office.getByRole('heading', { name: NAME })).toBeVisible();
  for (const name of [WORKER, AT_TABLE_3]) await office.getByRole('button', { name: new RegExp(name) }).click();
  await office.getByRole('button', { name: 'Open de actie' }).click();
  await office.getByRole('button', { name: 'Ja: nu open' }).click();
  await go(office, 'Nazicht');
  await says(office, 'Er kwam nog niets binnen. Het verschijnt hier vanzelf.');
  await go(office, /Twee versies/);
  await says(office, 'Nergens twee versies.');

  const page = await tablet.open(await demo.linkFor(WORKER));
  tablet.words = await takes(page);
  await sent(page);
  await says(page, 'Nog geen enkele dienst heeft een tafel.', 'Niemand die je bracht, wacht nog.', 'Geen afspraken voor vandaag.');
  await go(page, 'Doorverwijzen');
  await says(page, 'Nog geen enkele dienst heeft een tafel.');
  await go(page, 'Afspraken');
  await says(page, 'Nog geen afspraken.');

  const table = await enrol(second, demo.printedLink('service worker'));
  await turnsTo(table);
  await go(table, 'Ontvangen');
  await says(table, 'Niemand is onderweg naar je tafel.');
  await chooseCard(table, 'vos', '794');
  await table.getByRole('button', { name: 'Zoek deze kaart' }).click();
  await says(table, 'Deze tablet weet niets over die kaart.');
});

test('what is entered is said to be kept, to wait without a network, and to be sent; what the server refuses stays, with its words, until somebody dealt with it', async ({
  demo,
  tablet,
}) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await tablet.offline(true);
  await newTalk(page, 'Wonen');
  await says(page, 'Bewaard op deze tablet', 'Geen netwerk: alles wordt hier bewaard', '2 wijzigingen wachten op deze tablet');
  await tablet.offline(false);
  await sent(page);
  await expect(page.getByText('Geen netwerk')).toHaveCount(0);

  await page.context().route('**/api/sync', async (route) => {
    const response = await route.fetch();
    const { acks, ...rest } = (await response.json()) as { acks: string[][] };
    await route.fulfill({ response, json: { ...rest, acks: acks.map(() => ['refused', 'too_long']) } });
  });
  await write(page.getByLabel('In eigen woorden'), 'De kelder staat onder water.');
  await page.getByRole('banner').getByRole('button', { name: '1 wijziging vraagt aandacht' }).click();
  const refused = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Knelpunt' }) });
  await expect(refused.getByText('Dit is te lang.')).toBeVisible();
  await expect(refused.getByText('De server kon dit niet aannemen. Het blijft hier tot je het afhandelt')).toBeVisible();
  await expect(refused.getByText('De kelder staat onder water.')).toBeVisible();

  await page.context().unroute('**/api/sync');
  await page.reload(); // it is not forgotten with the page
  await tablet.unlocks();
  await page.getByRole('banner').getByRole('button', { name: '1 wijziging vraagt aandacht' }).click();
  await refused.getByRole('button', { name: 'Afgehandeld' }).click();
  await says(page, 'Niets vraagt aandacht.');
  await expect(page.getByText('vraagt aandacht', { exact: false }).and(page.getByRole('button'))).toHaveCount(0);
});

test('a screen that did not come before the network went says so, and comes by itself once there is one', async ({ demo, tablet }) => {
  const page = await tablet.open('about:blank');
  await tablet.context.route('**/sw.js', (route) => route.abort()); // it was not installed yet either
  await page.goto(demo.printedLink('generalist'));
  tablet.words = await takes(page);
  await sent(page);
  await tablet.offline(true);
  await go(page, 'Nieuw gesprek');
  await says(page, 'Dit scherm is nog niet op deze tablet.');

  await go(page, 'Plein');
  await says(page, 'Tafel 1');
  await go(page, 'Afspraken');
  await tablet.offline(false);
  await expect(page.getByRole('heading', { name: 'Afspraken' })).toBeVisible();
});
