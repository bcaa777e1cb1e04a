/** A coordinator lets a tablet in: the QR on the desk, the same four words on both screens; and what a photograph of the QR is worth. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { usable } from './support/desks.ts';
import { presses, tabTo, takesByKeys } from './support/keys.ts';
import { desk, enrol, expect, filmed, GENERALIST, go, sent, takes, test } from './support/story.ts';

const SLOW = { timeout: 30_000 };
const words = (page: Page): Promise<string> => page.locator('.words').innerText(SLOW);
const invitation = (office: Page) => office.getByRole('region', { name: `Een tablet voor ${GENERALIST}` });

/** Makes a link for the generalist at the desk; returns it. */
async function makesLink(office: Page): Promise<string> {
  const person = office.getByRole('listitem').filter({ hasText: GENERALIST });
  await person.getByRole('button', { name: 'Link voor een tablet' }).click();
  return (await invitation(office).getByRole('link').getAttribute('href')) ?? '';
}

test('a tablet scans the QR, by the keyboard alone; both screens show the same four words; after a reload it still waits, and once confirmed it works', async ({ demo, tablet, coordinator }) => {
  test.slow();
  const office = await desk(coordinator, demo);
  await go(office, 'Mensen');
  await makesLink(office);
  tablet.camera = await filmed(office, invitation(office).getByRole('img'), path.join(demo.folder, 'camera.mjpeg'));
  const page = await tablet.open(demo.url());
  await presses(page, page.getByRole('button', { name: 'Scan de QR-code van de coördinator' }));
  await expect(page.getByRole('heading', { name: 'Je tablet voor vandaag' })).toBeVisible(SLOW);
  await usable(page);
  const secret = await takesByKeys(page);

  const shown = await words(page);
  expect(shown.split(' ')).toHaveLength(4);
  expect(await words(office)).toBe(shown);
  await expect(office.getByRole('button', { name: 'Dezelfde woorden: toelaten' })).toBeInViewport({ ratio: 1 });
  await expect(invitation(office)).toHaveCount(0); // its link is used
  await usable(page);
  await usable(office);
  await page.reload();
  expect(await words(page)).toBe(shown);
  await expect(page.getByText(GENERALIST)).toHaveCount(0); // it was told nothing yet

  await presses(office, office.getByRole('button', { name: 'Dezelfde woorden: toelaten' }));
  await expect(office.getByText('De tablet is toegelaten.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible(SLOW);
  await usable(page);
  tablet.words = secret;
  await presses(page, page.getByRole('button', { name: 'vos: ontgrendelen' }));
  await usable(page);
  await tabTo(page, page.getByLabel('Je vijf woorden'));
  await page.keyboard.type(secret);
  await page.keyboard.press('Enter');
  await sent(page);
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible(SLOW);
});

test('T12 who photographed the QR and was first shows other words, is thrown away, and every coordinator is told', async ({ demo, tablet, second, coordinator }) => {
  test.slow();
  const office = await desk(coordinator, demo);
  await go(office, 'Mensen');
  const link = await makesLink(office);
  const thief = await second.open(link);
  await takes(thief);
  const theirs = await words(thief);
  expect(await words(office)).toBe(theirs); // and the tablet beside the desk shows no words at all
  await office.getByRole('button', { name: 'Andere woorden: weggooien' }).click();

  await expect(thief.getByText('De coördinator zag andere woorden')).toBeVisible(SLOW);
  await expect(office.locator('.words')).toHaveCount(0);
  const notice = office.getByRole('region', { name: 'Melding' });
  await expect(notice).toContainText('Een andere tablet nam een link', SLOW);
  await expect(notice).toContainText(`Link voor ${GENERALIST}, gemaakt door Griet Oosterlinden`);
  await notice.getByRole('button', { name: 'Gezien' }).click();
  await expect(notice).toHaveCount(0);

  const page = await tablet.open(link); // whose it was, and who comes second now
  await expect(page.getByText('Deze link werkt niet')).toBeVisible(SLOW);
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await expect(notice).toContainText('nog eens gebruikt', SLOW);
});

test('a worker is told where nothing is kept: in a private window, and after the browser threw away what was there', async ({ demo, tablet }) => {
  await enrol(tablet, demo.printedLink('generalist'));
  await tablet.close();
  rmSync(path.join(tablet.profile, 'Default', 'IndexedDB'), { recursive: true }); // as a browser does that needs the room
  tablet.words = '';
  const page = await tablet.open(demo.url());
  await expect(page.getByText('de browser heeft alles gewist wat hier stond')).toBeVisible(SLOW);

  const off = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const hidden = await off.newPage({ locale: 'nl-BE' });
  await hidden.route('**/api/enrol/look', (route) => route.abort());
  await hidden.goto(await demo.linkFor(GENERALIST));
  await expect(hidden.getByText('Om te beginnen is een netwerk nodig')).toBeVisible(SLOW);
  await expect(hidden.getByRole('textbox')).toHaveCount(0);
  await hidden.unroute('**/api/enrol/look'); // it goes on by itself
  await expect(hidden.getByText('Dit lijkt een privévenster')).toBeVisible(SLOW);
  await off.close();
});

test('a PIN alone is offered once it was accepted in writing; the team page says so, and how the tablet stands', async ({ demo, tablet, coordinator }) => {
  test.slow();
  const office = await desk(coordinator, demo);
  await go(office, 'Mensen');
  await office.getByLabel('Wie aanvaardde dit, wanneer en waarom?').fill('Raad van bestuur, 26 november: geen andere toestellen.');
  await office.getByRole('button', { name: 'Wij aanvaarden een pincode alleen' }).click();
  await expect(office.getByText('Aanvaard door Griet Oosterlinden')).toBeVisible();
  const page = await tablet.open(await makesLink(office));
  await page.getByRole('button', { name: 'Alleen een pincode (zwakker)' }).click();
  await page.getByLabel('Een pincode van zes cijfers of meer').fill('294718');
  await page.getByLabel('Dezelfde pincode nog eens').fill('294718');
  await page.getByRole('button', { name: 'Deze tablet gebruiken' }).click();

  expect(await words(office)).toBe(await words(page));
  await office.getByRole('button', { name: 'Dezelfde woorden: toelaten' }).click();
  await sent(page); // it goes on by itself: the page was not loaded again
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible(SLOW);
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await page.getByRole('button', { name: 'vos: ontgrendelen' }).click();
  await page.getByLabel('Je pincode').fill('294718');
  await page.getByRole('button', { name: 'Ontgrendelen', exact: true }).click();
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible(SLOW);

  await go(office, 'Kaarten');
  await go(office, 'Mensen');
  const person = office.getByRole('listitem').filter({ hasText: GENERALIST });
  await expect(person.getByText('alleen een pincode')).toBeVisible();
  await expect(person.getByText(/alles verstuurd · app \S+ · opslag/)).toBeVisible();

  await person.getByRole('button', { name: 'Wijzigen' }).click();
  await person.getByRole('button', { name: 'onderzoeker' }).click();
  await expect(person.getByText(`Wat ${GENERALIST} te zien krijgt, verandert`)).toBeVisible();
  await person.getByLabel('Wijken').fill('Laken, Kuregem');
  await person.getByRole('button', { name: 'Bewaren' }).click();
  await expect(person.getByText('onderzoeker-helper · Kuregem · Laken')).toBeVisible(SLOW);
  await expect(page.getByText('onderzoeker-helper')).toBeVisible(SLOW); // on the tablet, by itself

  await person.getByRole('button', { name: 'Wijzigen' }).click();
  await person.getByRole('button', { name: 'coördinator' }).click();
  await person.getByLabel('E-mail om aan te melden').fill('noor@demo.onthaal.example');
  await person.getByLabel('Eerste wachtwoord').fill('een eerste lang wachtwoord');
  await person.getByRole('button', { name: 'Bewaren' }).click();
  await expect(page.getByText('Wat geschreven was, is verstuurd')).toBeVisible(SLOW);
});
