/** A promise that stands: moved, planned again, and never out of sight on the way. */
import { promises } from './support/promising.ts';
import { enrol, expect, GENERALIST, go, installed, test, write } from './support/story.ts';

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
