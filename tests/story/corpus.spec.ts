/** T19: what looks like a program is words. Written by a worker and a coordinator, read in every view of both. */
import type { Page } from '@playwright/test';
import { PROGRAMS, tellsEverywhere } from './support/corpus.ts';
import { chooseCard, desk, enrol, expect, GENERALIST, go, handOver, newTalk, sent, test, write } from './support/story.ts';

const CORPUS = PROGRAMS.join(' ');

/** Nothing of it ran, and nothing of it became a part of the page. */
async function isWords(page: Page): Promise<void> {
  const found = await page.evaluate(() => [
    (window as unknown as { ran?: number }).ran,
    document.querySelectorAll('img[src="x"], iframe, svg[onload], body script').length - document.querySelectorAll('body > script[src]').length,
  ]);
  expect(found).toEqual([undefined, 0]);
}

test('T19: what looks like a program is shown as words on the tablet, at the desk, in a question and on paper', async ({
  demo,
  tablet,
  coordinator,
}) => {
  test.slow();
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(worker, 'Wonen', CORPUS);
  await handOver(worker, 'Tafel 3', 'zwaan', '794');
  await go(worker, 'Afspraken');
  await worker.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(worker, 'zwaan', '794');
  await worker.getByRole('group', { name: 'Wanneer?' }).getByRole('button').nth(1).click();
  await worker.getByLabel(/Wat is beloofd/).fill(CORPUS);
  await worker.getByRole('button', { name: 'Het is beloofd' }).click();
  await sent(worker);
  await isWords(worker);
  await worker.getByRole('button', { name: /zwaan 794|794/ }).first().click();
  await isWords(worker);

  const page = await desk(coordinator, demo);
  await page.getByLabel('Zoek woorden of kaart').fill('srcdoc');
  await page.getByRole('button', { name: /zwaan 794/ }).first().click();
  await expect(page.getByText(CORPUS).first()).toBeVisible();
  await isWords(page);
  const issue = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Knelpunt: Wonen' }) });
  await issue.getByText('Iets vragen').click();
  await write(issue.getByLabel(/Een vraag aan/), CORPUS);
  await issue.getByRole('button', { name: 'Vraag', exact: true }).click();
  await sent(page);
  await isWords(page);

  await go(worker, 'Plein');
  await expect(worker.getByText(CORPUS).first()).toBeVisible();
  await isWords(worker);

  await go(page, 'Actie');
  await page.getByRole('button', { name: 'Nieuwe actie' }).click();
  await page.getByLabel('Naam van de actie').fill(CORPUS.slice(0, 100));
  await page.getByLabel('Plaats', { exact: true }).fill(CORPUS.slice(0, 100));
  await page.getByRole('button', { name: 'Nieuwe actie' }).click();
  await expect(page.getByRole('heading', { name: CORPUS.slice(0, 100) })).toBeVisible();
  await go(page, 'Kaarten');
  await page.getByLabel('Hoeveel?').fill('2');
  await page.getByRole('button', { name: 'Maak nieuwe kaarten' }).click();
  await expect(page.getByRole('button', { name: 'Druk 2 kaarten' })).toBeVisible();
  await isWords(page);
});

/** How much of it is on the screen: shown, or in a field. */
const onScreen = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const typed = [...document.querySelectorAll<HTMLInputElement>('input, textarea')].map((one) => one.value);
    return [document.body.innerText, ...typed].join(' ').split('<img src=x').length - 1;
  });

test('T19: written into every text field of every kind, it is words in every view of a worker and of a coordinator', async ({
  demo,
  tablet,
  coordinator,
}) => {
  test.slow();
  expect(await tellsEverywhere(demo, GENERALIST, CORPUS)).toBeGreaterThan(40);
  const worker = await enrol(tablet, await demo.linkFor(CORPUS.slice(0, 200)));
  const seen: Record<string, number> = {};
  const looks = async (page: Page, where: string): Promise<void> => {
    await expect(page.getByText('Even geduld')).toHaveCount(0);
    seen[where] = (seen[where] ?? 0) + (await onScreen(page));
    await isWords(page);
  };
  await looks(worker, 'square');
  for (const way of ['Nieuw gesprek', 'Doorverwijzen', 'Afspraken']) {
    await go(worker, way);
    await looks(worker, way);
  }
  await worker.getByRole('button', { name: /zwaan 794|794/ }).first().click();
  await expect(worker.getByLabel('Plaats')).toBeVisible();
  await looks(worker, 'promise');
  await worker.getByRole('button', { name: 'Voor de bezoeker' }).click();
  await looks(worker, 'for the visitor');
  await go(worker, 'Plein');
  await worker.getByRole('button', { name: /794/ }).last().click(); // after what is promised today
  await looks(worker, 'hand-over');
  await worker.getByRole('button', { name: 'Alles op deze kaart' }).click();
  await looks(worker, 'card');
  await worker.getByRole('button', { name: /^Gesprek/ }).first().click();
  await expect(worker.getByLabel('In eigen woorden').first()).toBeVisible();
  await looks(worker, 'talk');
  await go(worker, 'Plein');
  await worker.getByRole('button', { name: 'Groep of muur' }).click();
  await looks(worker, 'wall');
  await worker.getByRole('button', { name: 'Instellingen' }).click();
  await looks(worker, 'settings');

  const page = await desk(coordinator, demo);
  for (const way of ['Nazicht', /Twee versies/, /Opzij gelegd/, 'Actie', 'Kaarten', 'Mensen', 'Herinneringen', 'Logboek', 'Mijn account']) {
    await go(page, way);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await looks(page, String(way));
  }
  await go(page, 'Mensen');
  await page.getByRole('button', { name: 'Wijzigen' }).first().click();
  await looks(page, 'a person');
  await go(page, 'Nazicht');
  await page.getByLabel('Zoek woorden of kaart').fill('zwaan 794');
  await page.getByRole('button', { name: /zwaan 794/ }).first().click();
  await expect(page.getByText(CORPUS).first()).toBeVisible();
  for (const past of await page.getByText('Vroegere waarden').all()) await past.click();
  await page.getByLabel('Waarvoor heb je het nodig?').fill(CORPUS);
  await page.getByRole('button', { name: 'Toon het contact' }).click();
  await looks(page, 'case');
  await page.emulateMedia({ media: 'print' });
  await looks(page, 'case on paper');
  const without = Object.keys(seen).filter((where) => !seen[where]);
  expect(without.sort()).toEqual([]);
});
