/** An event from the desk: made, its people invited, its cards on paper. */
import { type Browser } from './support/browser.ts';
import path from 'node:path';
import { desk, expect, filmed, GENERALIST, go, installed, newTalk, sent, takes, test, write } from './support/story.ts';

const SLOW = { timeout: 30_000 };
const PLACE = 'Sint-Katelijneplein';
const NAME = 'Plein in december';

/** How many sheets of paper the page takes, each printed on one side. */
async function sidesOf(browser: Browser): Promise<number> {
  const paper = await browser.page.pdf({ preferCSSPageSize: true });
  return [...paper.toString('latin1').matchAll(/\/Type\s*\/Page\b(?!s)/g)].length;
}

test('a coordinator creates an event, invites workers, and prints its cards: animal and three digits, a QR code on the back', async ({
  demo,
  tablet,
  coordinator,
}) => {
  test.slow();
  const page = await desk(coordinator, demo);
  await go(page, 'Actie');
  await page.getByRole('button', { name: 'Nieuwe actie' }).click();
  await page.getByLabel('Naam van de actie').fill('Plein in de winter');
  await page.getByLabel('Plaats', { exact: true }).fill(PLACE);
  await page.getByLabel('Tot', { exact: true }).fill('2020-01-01');
  await expect(page.getByText('Het einde ligt voor het begin')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Nieuwe actie' })).toBeDisabled();
  await page.getByLabel('Tot', { exact: true }).fill(await page.getByLabel('Van', { exact: true }).inputValue());
  await page.getByRole('button', { name: 'Nieuwe actie' }).dblclick();
  await expect(page.getByRole('heading', { name: 'Plein in de winter' })).toBeVisible();
  await expect(page.getByRole('option', { name: /^Plein in de winter · .* · in voorbereiding/ })).toHaveCount(1);
  await expect(page.getByRole('banner').getByText(PLACE)).toBeVisible();
  await write(page.getByLabel('Naam van de actie'), '');
  await expect(page.getByText('Dit mag niet leeg zijn')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Plein in de winter' })).toBeVisible();
  await write(page.getByLabel('Naam van de actie'), NAME);
  await expect(page.getByRole('heading', { name: NAME })).toBeVisible();
  await page.getByRole('button', { name: new RegExp(GENERALIST) }).click();
  await page.getByLabel('Of een nieuwe dienst').fill('Juristen aan tafel');
  await page.getByRole('button', { name: 'Tafel toevoegen' }).dblclick();
  await expect(page.getByText('Tafel 1 staat er')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Tafel . sluiten/ })).toHaveCount(1);
  await page.getByLabel('Of een nieuwe dienst').fill('Tolken bij vergissing');
  await page.getByRole('button', { name: 'Tafel toevoegen' }).click();
  await page.getByRole('button', { name: 'Neem Tafel 2 weg' }).click();
  await page.getByRole('button', { name: 'Ja, neem ze weg' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Tolken bij vergissing' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Deze actie wegnemen' })).toBeVisible();
  await page.getByRole('button', { name: 'Open de actie' }).click();
  await page.getByRole('button', { name: 'Ja: nu open' }).click();

  await go(page, 'Kaarten');
  await page.getByLabel('Hoeveel?').fill('12');
  await page.getByRole('button', { name: 'Maak nieuwe kaarten' }).click();
  await expect(page.getByRole('button', { name: 'Druk 12 kaarten' })).toBeVisible();

  // Two sheets of ten places, printed on both sides and turned over the long edge: columns change places on the back.
  const fronts = page.getByRole('region', { name: 'Blad 1, voorkanten' }).locator('.card');
  const backs = page.getByRole('region', { name: 'Blad 1, achterkanten' }).locator('.card');
  await expect(fronts).toHaveCount(10);
  await expect(page.getByRole('region', { name: 'Blad 2, voorkanten' }).locator('.card')).toHaveCount(2);
  await expect(page.getByRole('img', { name: /Code van/ })).toHaveCount(12);
  for (const [front, back] of [
    [0, 1],
    [1, 0],
    [8, 9],
    [9, 8],
  ] as const) {
    const [names, digits] = [await fronts.nth(front).locator('.names').innerText(), await fronts.nth(front).locator('.digits').innerText()];
    expect(digits).toMatch(/^\d{3}$/);
    await expect(fronts.nth(front).locator('svg')).toBeVisible();
    await expect(backs.nth(back).getByRole('img')).toHaveAttribute('alt', `Code van ${names.split(' ')[0]} ${digits}`);
  }
  const codes = await page.getByRole('img', { name: /Code van/ }).evaluateAll((all) => all.map((one) => (one as HTMLImageElement).src));
  expect(new Set(codes).size).toBe(12);
  expect(await sidesOf(coordinator)).toBe(4);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('heading', { name: 'Kaarten' })).toBeHidden();
  await expect(page.getByRole('navigation')).toBeHidden();
  await page.emulateMedia({ media: null });

  // What is to be printed is still there on another page and after a reload, until it is said to be on paper.
  await go(page, 'Actie');
  await go(page, 'Kaarten');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Druk 12 kaarten' })).toBeVisible();
  const again = await page.getByRole('img', { name: /Code van/ }).evaluateAll((all) => all.map((one) => (one as HTMLImageElement).src));
  expect(again).toEqual(codes);
  tablet.camera = await filmed(page, backs.first().getByRole('img'), path.join(demo.folder, 'camera.mjpeg'));
  const shown = await fronts.nth(1).locator('.digits').innerText();
  await page.getByRole('button', { name: 'Ze zijn gedrukt' }).click();
  await page.getByRole('button', { name: 'Ja: vergeet de codes' }).click();
  await expect(page.getByRole('button', { name: 'Maak nieuwe kaarten' })).toBeVisible();
  await expect(page.getByRole('img', { name: /Code van/ })).toHaveCount(0);

  await go(page, 'Mensen');
  await page.getByLabel('Naam', { exact: true }).fill('Yusuf Eik');
  await page.getByRole('button', { name: 'Iemand toevoegen' }).dblclick();
  await expect(page.getByText('Yusuf Eik doet mee')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Yusuf Eik' })).toHaveCount(1);
  const line = page.getByRole('listitem').filter({ hasText: GENERALIST });
  await line.getByRole('button', { name: 'Link voor een tablet' }).click();
  await expect(page.getByRole('img', { name: 'QR-code van de link' })).toBeVisible();
  const link = await page.getByRole('link', { name: /#enrol=/ }).getAttribute('href');
  const worker = await tablet.open(link ?? '');
  const secret = await takes(worker);
  await expect(page.locator('.words')).toHaveText(await worker.locator('.words').innerText());
  await page.getByRole('button', { name: 'Dezelfde woorden: toelaten' }).click();
  tablet.words = secret;
  const choice = worker.getByLabel('Actie');
  await choice.selectOption({ label: await choice.getByRole('option', { name: new RegExp(NAME) }).innerText() });
  await expect(worker.getByRole('banner').getByText(PLACE)).toBeVisible();
  await expect(worker.getByText('Juristen aan tafel')).toBeVisible();

  // The card's back before the tablet's camera, without a network.
  await installed(worker);
  await sent(worker);
  await tablet.offline(true);
  await newTalk(worker, 'Wonen');
  await worker.getByRole('main').getByRole('button', { name: 'Doorverwijzen' }).click();
  await worker.getByRole('button', { name: /^Tafel 1\b/ }).click();
  await worker.getByRole('button', { name: 'Scan de achterkant' }).click();
  await expect(worker.getByText(`Gescand: haas ${shown}`)).toBeVisible(SLOW);
  await expect(worker.getByLabel('Drie cijfers')).toHaveValue(shown);
  await expect(worker.getByRole('button', { name: 'Samen naar de tafel' })).toBeEnabled();
});

test('a link works once', async ({ demo, tablet, second }) => {
  const link = demo.printedLink('generalist');
  await tablet.open(link);
  tablet.words = await takes(tablet.page);
  await expect(tablet.page.getByText('Tafel 1', { exact: true })).toBeVisible();
  const page = await second.open(link);
  await expect(page.getByText('Deze link werkt niet')).toBeVisible();
});

test('the second start keeps what was entered and prints fresh links', async ({ demo, tablet, second }) => {
  const first = demo.printedLink('generalist');
  await tablet.open(first);
  tablet.words = await takes(tablet.page);
  await tablet.page.getByRole('button', { name: 'Nieuw gesprek' }).click();
  await tablet.page.getByRole('button', { name: 'Energie en water' }).click();
  await tablet.page.getByLabel('In eigen woorden').fill('Dit blijft staan.');
  await tablet.page.getByLabel('In eigen woorden').blur();
  await expect.poll(async () => JSON.stringify(await tablet.rows('records'))).toContain('Dit blijft staan.');

  await demo.stop();
  await demo.start();

  const link = demo.printedLink('generalist');
  expect(link).not.toBe(first);
  const page = await second.open(link);
  second.words = await takes(page);
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible();
  expect(JSON.stringify(await second.rows('records'))).toContain('Dit blijft staan.');
});

test('an event that closes after midnight says so beside its hour; on one date it would close before it opens', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  await go(page, 'Actie');
  await page.getByRole('button', { name: 'Nieuwe actie' }).click();
  await page.getByLabel('Opent om').fill('22:30');
  await page.getByLabel('Sluit om').fill('04:00');
  await expect(page.getByText('Het sluit voor het opent.')).toBeVisible();
  await page.getByLabel('Tot', { exact: true }).fill('2099-01-02');
  await expect(page.getByText('de volgende dag')).toBeVisible();
  await expect(page.getByText('Het sluit voor het opent.')).toHaveCount(0);
});
