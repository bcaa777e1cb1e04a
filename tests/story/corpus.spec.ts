/** T19: what looks like a program is words. Written by a worker and a coordinator, read in every view of both. */
import type { Page } from '@playwright/test';
import { chooseCard, desk, enrol, expect, go, handOver, newTalk, sent, test, write } from './support/story.ts';

const CORPUS = [
  '<img src=x onerror="window.ran=1">',
  '"><script>window.ran=1</script>',
  "'-window.ran=1-'",
  'javascript:window.ran=1',
  '{{constructor.constructor("window.ran=1")()}}',
  '<svg/onload=window.ran=1>',
  '</textarea><iframe srcdoc="<script>parent.ran=1</script>">',
].join(' ');

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
