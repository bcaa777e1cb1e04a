/** A coordinator lets a tablet in: the QR on the desk, the same four words on both screens; and what a photograph of the QR is worth. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { desk, expect, GENERALIST, go, sent, takes, test } from './support/story.ts';

const SLOW = { timeout: 30_000 };
const words = (page: Page): Promise<string> => page.locator('.words').innerText(SLOW);
const invitation = (office: Page) => office.getByRole('region', { name: `Een tablet voor ${GENERALIST}` });

/** Makes a link for the generalist at the desk; returns it. */
async function makesLink(office: Page): Promise<string> {
  const person = office.getByRole('listitem').filter({ hasText: GENERALIST });
  await person.getByRole('button', { name: 'Link voor een tablet' }).click();
  return (await invitation(office).getByRole('link').getAttribute('href')) ?? '';
}

/** What a camera before the desk's QR sees. */
async function filmed(office: Page, file: string): Promise<string> {
  const box = await invitation(office).getByRole('img').boundingBox();
  if (!box) throw new Error('there is no QR');
  const size = { width: 640, height: 480 };
  const clip = { x: Math.max(0, box.x + box.width / 2 - 320), y: Math.max(0, box.y + box.height / 2 - 240), ...size };
  const picture = await office.screenshot({ type: 'jpeg', quality: 90, clip });
  writeFileSync(file, Buffer.concat(Array.from({ length: 10 }, () => picture)));
  return file;
}

test('a tablet scans the QR; both screens show the same four words; after a reload it still waits, and once confirmed it works', async ({ demo, tablet, coordinator }) => {
  const office = await desk(coordinator, demo);
  await go(office, 'Mensen');
  await makesLink(office);
  tablet.camera = await filmed(office, path.join(demo.folder, 'camera.mjpeg'));
  const page = await tablet.open(demo.url());
  await page.getByRole('button', { name: 'Scan de QR-code van de coördinator' }).click();
  await expect(page.getByRole('heading', { name: 'Je tablet voor vandaag' })).toBeVisible(SLOW);
  const secret = await takes(page);

  const shown = await words(page);
  expect(shown.split(' ')).toHaveLength(4);
  expect(await words(office)).toBe(shown);
  await page.reload();
  expect(await words(page)).toBe(shown);
  await expect(page.getByText(GENERALIST)).toHaveCount(0); // it was told nothing yet

  await office.getByRole('button', { name: 'Dezelfde woorden: toelaten' }).click();
  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible(SLOW);
  tablet.words = secret;
  await tablet.unlocks();
  await sent(page);
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible(SLOW);
  await expect(office.getByText('De tablet is toegelaten.')).toBeVisible();
});

test('T12 who photographed the QR and was first shows other words, is thrown away, and every coordinator is told', async ({ demo, tablet, second, coordinator }) => {
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

  const page = await tablet.open(await makesLink(office));
  await takes(page);
  expect(await words(office)).toBe(await words(page));
  await office.getByRole('button', { name: 'Dezelfde woorden: toelaten' }).click();
  await sent(page);
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible(SLOW);
});
