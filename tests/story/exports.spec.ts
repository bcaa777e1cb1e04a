/** A coordinator carries an event out of the desk: what is in the sheet, what is not, what is asked first and said afterwards. */
import { readFileSync } from 'node:fs';
import type { Download, Page } from '@playwright/test';
import { PASSWORD } from './support/demo.ts';
import { letTimePass, usable } from './support/desks.ts';
import { desk, enrol, expect, go, handOver, newTalk, sent, test } from './support/story.ts';

const WORDS = 'De lift is al vijf weken stuk, en niemand komt kijken.';

const fold = (page: Page) => page.getByRole('group').filter({ hasText: 'Deze actie exporteren' });

/** Touches the button and waits for what it brings. */
async function exports(page: Page, proving = false): Promise<Download> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Exporteren', exact: true }).click();
  if (proving) {
    const dialog = page.getByRole('dialog', { name: 'Ben jij het?' });
    await dialog.getByLabel('Wachtwoord').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
  }
  const saved = await saving;
  await expect(page.getByText(`${saved.suggestedFilename()} staat bij je downloads`)).toBeVisible();
  return saved;
}

const text = async (saved: Download): Promise<string> => readFileSync(await saved.path(), 'utf8');

test('a coordinator exports an event: what it was about is in it and nobody is; words only where they are asked for', async ({
  demo,
  tablet,
  coordinator,
}) => {
  test.slow();
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(worker, 'Wonen', WORDS);
  await handOver(worker, 'Tafel 3', 'zwaan', '794');
  await sent(worker);

  const page = await desk(coordinator, demo);
  await expect(page.getByRole('button', { name: /zwaan 794/ })).toBeVisible();
  await page.getByText('Deze actie exporteren').click();
  await expect(page.getByText('Dit bestand is niet verzegeld')).toBeVisible();
  await usable(page);
  await page.getByRole('button', { name: 'als tekst (csv)' }).click();
  const saved = await exports(page);
  expect(saved.suggestedFilename()).toMatch(/^onthaal-\d{4}-\d\d-\d\d\.csv$/);
  const codes = await text(saved);
  expect(codes).toContain('"Knelpunt"');
  expect(codes).toContain('"HOU";"Wonen"');
  for (const never of [WORDS, 'zwaan', '"794"', 'Noor', 'Zilverberk']) expect(codes).not.toContain(never);

  letTimePass(demo);
  await page.getByRole('button', { name: 'ja, ook wat gezegd en beloofd werd' }).click();
  await expect(page.getByText(/Aan woorden kan iemand herkend worden/)).toBeVisible();
  await usable(page);
  const words = await text(await exports(page, true));
  expect(words).toContain(WORDS);
  for (const never of ['zwaan', '"794"', 'Noor', 'Zilverberk']) expect(words).not.toContain(never);

  await expect(page.getByText(/Aan woorden kan iemand herkend worden/), 'words are asked for each time').toHaveCount(0);
  await page.getByRole('button', { name: 'als rekenblad (xlsx)' }).click();
  const sheet = await exports(page);
  expect(sheet.suggestedFilename()).toMatch(/^onthaal-\d{4}-\d\d-\d\d\.xlsx$/);
  expect(readFileSync(await sheet.path()).subarray(0, 2).toString()).toBe('PK');

  await page.getByRole('button', { name: 'Exporteren', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Morgen kan het weer.' })).toBeVisible();

  await go(page, 'Logboek');
  const lines = page.getByRole('row').filter({ hasText: 'exporteerde een actie' });
  await expect(lines).toHaveCount(3);
  await expect(lines.nth(0)).toContainText('(rekenblad, zonder eigen woorden)');
  await expect(lines.nth(1)).toContainText('(csv, met eigen woorden)');
  await expect(lines.nth(2)).toContainText('(csv, zonder eigen woorden)');
});

test('without a network the desk says that exporting takes one', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  await page.getByText('Deze actie exporteren').click();
  await expect(fold(page).getByRole('button', { name: 'Exporteren', exact: true })).toBeVisible();

  await coordinator.offline(true);

  await expect(page.getByText(/Exporteren kan alleen met een netwerk/)).toBeVisible();
  await expect(fold(page).getByRole('button', { name: 'Exporteren', exact: true })).toHaveCount(0);
  await coordinator.offline(false);
  await expect(fold(page).getByRole('button', { name: 'Exporteren', exact: true })).toBeVisible();
});
