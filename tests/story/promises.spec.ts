/** A promise that stands: moved, planned again, and never out of sight on the way. */
import { promises } from './support/promising.ts';
import { enrol, expect, GENERALIST, go, installed, sent, test, write } from './support/story.ts';

const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toLocaleDateString('sv-SE', { timeZone: 'Europe/Brussels' });

test('a promise that was moved and gets another day is planned again: what is only moved reminds nobody', async ({ demo, tablet }) => {
  await promises(demo, GENERALIST, { afterMs: 3 * DAY_MS, promised: 'Bellen over de brief', place: '' });
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: /794 een telefoontje/ }).click();
  await page.getByRole('button', { name: 'verschoven', exact: true }).click();
  const standing = page.locator('main .badge').first(); // the choice has the same words
  await expect(standing).toHaveText('verschoven');

  await write(page.getByLabel('Een andere dag'), dayIn(5));

  await expect(standing).toHaveText('afgesproken');
  await expect(page.getByLabel('Een andere dag')).toHaveValue(dayIn(5));
});

test('who did not meet somebody three times lets the promise go: what the server would set aside is not offered', async ({ demo, tablet }) => {
  await promises(demo, GENERALIST, { afterMs: 3 * DAY_MS, promised: 'Bellen over de brief', place: '' });
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: /794 een telefoontje/ }).click();
  const standing = page.locator('main .badge').first();
  const again = page.getByRole('button', { name: 'Opnieuw afspreken' });
  for (const round of [1, 2, 3]) {
    await page.getByRole('button', { name: 'elkaar niet gezien', exact: true }).click();
    await expect(standing).toHaveText('elkaar niet gezien');
    if (round === 3) break;
    await again.click();
    await expect(standing).toHaveText('afgesproken');
  }

  await expect(page.getByText('Jullie zagen elkaar drie keer niet.')).toBeVisible();
  await expect(again).toHaveCount(0);
  await sent(page);
  await page.reload(); // locked, and opened anew: what was answered counts too
  await tablet.unlocks();
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: /794 een telefoontje/ }).click();
  await expect(page.getByText('Jullie zagen elkaar drie keer niet.')).toBeVisible();
  await page.getByRole('button', { name: 'losgelaten', exact: true }).click();
  await expect(standing).toHaveText('losgelaten');
});
