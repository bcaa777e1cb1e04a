/** A day on the square, offline on the tablet (product.md, The day). */
import { chooseCard, enrol, expect, installed, test } from './support.ts';

const WORDS = 'Ik bel al drie weken en niemand neemt op.';

test('a generalist works a day without a network, closes the browser, and nothing is lost', async ({ demo, tablet }) => {
  let page = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  await installed(page);
  const cdp = await tablet.context.newCDPSession(page);
  expect((await cdp.send('Page.getInstallabilityErrors')).installabilityErrors).toEqual([]);

  await demo.stop();
  await tablet.close();
  page = await tablet.open(demo.url());

  // a tally
  const coffee = page.getByRole('button', { name: /koffie/ });
  const before = Number(await coffee.locator('.n').textContent());
  await coffee.click();
  await expect(coffee.locator('.n')).toHaveText(String(before + 1));

  // a talk with own words, and a theme
  await page.getByRole('button', { name: 'Nieuw gesprek' }).click();
  await page.getByLabel('In eigen woorden').fill(WORDS);
  await page.getByRole('button', { name: 'Bewaar deze woorden' }).click();
  await page.getByRole('button', { name: 'Kies een thema' }).click();
  await page.getByRole('button', { name: 'Digitaal en administratie' }).click();
  await page.getByRole('button', { name: 'Brief of papieren begrijpen' }).click();

  // a hand-over by card
  await page.getByRole('button', { name: 'Doorverwijzen' }).first().click();
  await page.getByRole('button', { name: /Tafel 9/ }).click();
  await chooseCard(page, 'vos', '794');
  await page.getByRole('button', { name: 'Samen naar de tafel' }).click();
  await expect(page.getByRole('button', { name: /794/ })).toBeVisible();

  // a follow-up meeting on the same card
  await page.getByRole('button', { name: 'Afspraken', exact: true }).click();
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(page, 'vos', '794');
  await page.getByRole('group', { name: 'Wanneer?' }).getByRole('button').first().click();
  await page.getByLabel(/Wat is beloofd/).fill('Samen de brief lezen aan tafel 9.');
  await page.getByRole('button', { name: 'Het is beloofd' }).click();
  await expect(page.getByRole('button', { name: /794/ })).toBeVisible();

  // edited again
  await page.getByRole('button', { name: /794/ }).click();
  await page.getByLabel('Plaats').fill('onder de linde');
  await page.getByLabel('Plaats').blur();
  const waits = page.getByText(/\d+ wijzigingen wachten op deze tablet/);
  await expect(waits).toBeVisible();
  const said = await waits.first().textContent();
  await tablet.close();

  page = await tablet.open(demo.url());
  await expect(page.getByText(said ?? '')).toBeVisible();
  await page.getByRole('button', { name: 'Afspraken', exact: true }).click();
  await page.getByRole('button', { name: /794/ }).click();
  await expect(page.getByLabel('Plaats')).toHaveValue('onder de linde');
  await expect(page.getByLabel(/Wat is beloofd/)).toHaveValue('Samen de brief lezen aan tafel 9.');

  // the network is back: everything arrives without a touch
  await demo.start();
  await expect(page.getByText('Alles is verstuurd')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/vragen aandacht|vraagt aandacht/)).toHaveCount(0);
});

test('half-written words come back exactly as they were after the browser was killed, and in no other talk', async ({ demo, tablet }) => {
  let page = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  await installed(page);
  await page.getByRole('button', { name: 'Nieuw gesprek' }).click();
  await page.getByLabel('In eigen woorden').pressSequentially('Half geschreven, dan komt er iem');
  await page.waitForTimeout(400);
  await tablet.close();

  page = await tablet.open(demo.url());
  await page.getByRole('button', { name: 'Een half geschreven gesprek: ga verder' }).click();
  await expect(page.getByLabel('In eigen woorden')).toHaveValue('Half geschreven, dan komt er iem');
  await page.getByRole('button', { name: 'Nieuw gesprek' }).click();
  await expect(page.getByLabel('In eigen woorden')).toHaveValue('');
});

test('an anonymous issue is saved in two taps', async ({ demo, tablet }) => {
  const page = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  await page.getByRole('button', { name: 'Nieuw gesprek' }).click();
  await page.getByRole('button', { name: 'Energie en water' }).click();
  await expect(page.getByText('Bewaard op deze tablet')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Energie en water' })).toBeVisible();
});

test('the shield hides everything in one tap', async ({ demo, tablet }) => {
  const page = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await expect(page.getByText('Tafel 1', { exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Weer tonen' }).click();
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible();
});

test('two tabs of one tablet show the same and count nothing twice', async ({ demo, tablet }) => {
  const page = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  const other = await tablet.context.newPage();
  await other.goto(demo.url());
  const n = async (where: typeof page): Promise<number> => Number(await where.getByRole('button', { name: /maaltijd/ }).locator('.n').textContent());
  await expect(other.getByText('Tafel 1', { exact: true })).toBeVisible();
  const before = await n(page);
  await page.getByRole('button', { name: /maaltijd/ }).click();
  await other.getByRole('button', { name: /maaltijd/ }).click();
  await expect.poll(() => n(page)).toBe(before + 2);
  await expect.poll(() => n(other)).toBe(before + 2);
  await expect(page.getByText('Alles is verstuurd')).toBeVisible({ timeout: 30_000 });
});

test('the words are there in French and in English', async ({ demo, tablet }) => {
  const page = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await page.getByRole('button', { name: 'Français' }).click();
  await expect(page.getByRole('heading', { name: 'Réglages' })).toBeVisible();
  await page.getByRole('button', { name: 'Nouvel entretien' }).click();
  await expect(page.getByRole('button', { name: 'Énergie et eau' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Énergie et eau' })).toBeVisible();
});
