/** What a field for a card does with what is no card of here. */
import path from 'node:path';
import { chooseCard, desk, enrol, expect, filmed, GENERALIST, go, sent, test } from './support/story.ts';

const SLOW = { timeout: 30_000 };

test('the back of a card of another event, and a code that is no card, are refused in words before the camera, and change nothing', async ({
  demo,
  tablet,
  coordinator,
}) => {
  test.slow();
  const office = await desk(coordinator, demo);
  await go(office, 'Actie');
  await office.getByRole('button', { name: 'Nieuwe actie' }).click();
  await office.getByLabel('Naam van de actie').fill('Elders');
  await office.getByLabel('Plaats', { exact: true }).fill('Elders');
  await office.getByRole('button', { name: 'Nieuwe actie' }).click();
  await office.getByRole('button', { name: new RegExp(GENERALIST) }).click();
  await go(office, 'Kaarten');
  await office.getByLabel('Hoeveel?').fill('2');
  await office.getByRole('button', { name: 'Maak nieuwe kaarten' }).click();
  const camera = path.join(demo.folder, 'camera.mjpeg');
  tablet.camera = await filmed(office, office.getByRole('img', { name: /Code van/ }).first(), camera);
  await sent(office);

  const page = await enrol(tablet, demo.printedLink('generalist'));
  await expect(page.getByRole('option', { name: /Elders/ })).toHaveCount(1); // its cards are known here
  await expect(page.getByRole('banner').getByText(/^Bockstael/)).toBeVisible();
  await go(page, 'Doorverwijzen');
  await page.getByRole('button', { name: /^Tafel 3\b/ }).click();
  await chooseCard(page, 'haas', '794');
  await page.getByRole('button', { name: 'Scan de achterkant' }).click();
  await expect(page.getByText('Dat is een kaart van een andere actie. Neem een kaart van hier.')).toBeVisible(SLOW);
  await expectUnchanged();

  // The QR of a link for a tablet, for one; the camera's file is read anew each time it is begun with.
  await go(office, 'Mensen');
  await office.getByRole('listitem').filter({ hasText: 'Ilyas' }).getByRole('button', { name: 'Link voor een tablet' }).click();
  await filmed(office, office.getByRole('img', { name: 'QR-code van de link' }), camera);
  await page.getByRole('button', { name: 'Scan de achterkant' }).click();
  await expect(page.getByText('Deze tablet kent die code niet')).toBeVisible(SLOW);
  await expectUnchanged();

  // Typed, it is a card of here again.
  await page.getByLabel('Drie cijfers').fill('794');
  await expect(page.getByText('Deze tablet kent die code niet')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Samen naar de tafel' })).toBeEnabled();

  async function expectUnchanged(): Promise<void> {
    await expect(page.getByLabel('Drie cijfers')).toHaveValue('794');
    await expect(page.getByRole('button', { name: 'haas', exact: true })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('button', { name: /^Tafel 3\b/ })).toHaveAttribute('aria-pressed', 'true');
    expect(await tablet.rows('outbox')).toEqual([]);
  }
});
