/** The next person sees nothing of the one before: not in a new promise, not at the wall, not in another case at the desk. */
import type { Page } from '@playwright/test';
import { chooseCard, desk, enrol, expect, go, handOver, newTalk, sent, test } from './support/story.ts';

const EARLIER = ['we bellen de verhuurder', '0400 00 00 12', 'mevrouw van hiernaast', 'niet als haar broer thuis is'];

/** What stands on the page and in its fields. */
const all = (page: Page): Promise<string> =>
  page.evaluate(() => [document.body.innerText, ...[...document.querySelectorAll('input, textarea')].map((one) => (one as HTMLInputElement).value)].join('\n'));

async function reachable(page: Page, number: string): Promise<void> {
  await page.getByText('Hoe bereiken we de persoon?').click();
  await page.getByRole('button', { name: 'Ja, dat mag' }).click();
  await page.getByRole('button', { name: 'telefoon', exact: true }).click();
  await page.getByLabel('Nummer').fill(number);
}

test('a new promise shows nothing of one that was left half made: not what was promised, nor how to reach whom', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(page, 'haas', '794');
  await page.getByLabel(/Wat is beloofd/).fill(EARLIER[0] as string);
  await reachable(page, EARLIER[1] as string);
  await page.getByLabel('Hoe mogen we je noemen?').fill(EARLIER[2] as string);
  await page.getByLabel('Waar moeten we op letten?').fill(EARLIER[3] as string);
  for (const word of EARLIER) expect(await all(page)).toContain(word);

  for (const way of ['Afspraken', 'Plein']) {
    await go(page, way);
    if (way === 'Plein') await go(page, 'Afspraken');
    await page.getByRole('button', { name: 'Afspraak maken' }).click();
    await expect(page.getByLabel('Drie cijfers')).toHaveValue('');
    for (const word of EARLIER) expect(await all(page)).not.toContain(word);
  }
});

test('a remark that was left half written is not there when the wall is opened for the next', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await page.getByRole('button', { name: 'Groep of muur' }).click();
  await page.getByLabel('Wat gezegd of geschreven werd').fill('half van iemand anders');
  await go(page, 'Plein');
  await page.getByRole('button', { name: 'Groep of muur' }).click();
  await expect(page.getByLabel('Wat gezegd of geschreven werd')).toHaveValue('');
});

test('why contact data is read of one card is not there on the next', async ({ demo, tablet, coordinator }) => {
  test.slow();
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  for (const number of ['794', '566']) {
    await newTalk(worker, 'Wonen', `woorden bij ${number}`);
    await handOver(worker, 'Tafel 3', 'haas', number);
    await go(worker, 'Afspraken');
    await worker.getByRole('button', { name: 'Afspraak maken' }).click();
    await chooseCard(worker, 'haas', number);
    await worker.getByRole('group', { name: 'Wanneer?' }).getByRole('button').nth(1).click();
    await reachable(worker, '0400 00 00 12');
    await worker.getByRole('button', { name: 'Het is beloofd' }).click();
    await expect(worker.getByText('De afspraak is bewaard')).toBeVisible();
  }
  await sent(worker);
  const page = await desk(coordinator, demo);
  const reason = page.getByLabel('Waarvoor heb je het nodig?');
  await page.getByRole('button', { name: /haas 794/ }).click();
  await reason.fill('zij belde zelf terug');
  await page.goBack();
  await page.getByRole('button', { name: /haas 566/ }).click();
  await expect(reason).toHaveValue('');
});
