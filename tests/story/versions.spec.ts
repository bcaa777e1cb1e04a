/** A new version of the app comes out while people work. */
import { enrol, expect, go, installed, sent, takes, test } from './support/story.ts';

test('T35: a new version waits until nobody is in the middle of a form, and is started by whoever works here', async ({ demo, tablet }) => {
  test.slow(); // two starts of a server, and a worker that installs
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page); // or the worker's first installation is cut short with the server
  const update = page.getByRole('button', { name: 'Een nieuwe versie is klaar' });
  const waiting = (): Promise<boolean> => page.evaluate(async () => Boolean((await navigator.serviceWorker.ready).waiting));
  const other = await tablet.context.newPage();
  await other.goto(demo.url());
  await tablet.unlocks(other);
  await sent(other);
  await go(page, 'Nieuw gesprek');
  await page.getByLabel('In eigen woorden').pressSequentially('een halve zi');
  await demo.release();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect.poll(waiting).toBe(true);
  // Whoever is in no form is told, in the other tab; and so it is sure that this one knows too.
  await expect(other.getByRole('button', { name: 'Een nieuwe versie is klaar' })).toBeVisible();
  await page.getByLabel('In eigen woorden').pressSequentially('n');
  await expect(update).toBeHidden();

  await page.getByRole('button', { name: 'Bewaar deze woorden' }).click();
  await go(page, 'Plein');
  // The other tab goes on asking the server things: Chromium forgets about a version that is to start while the one before it is woken.
  const asking = await other.evaluate(() => Number(setInterval(() => void fetch('/health/live').catch(() => undefined), 3)));
  await update.click();
  await expect.poll(() => waiting().catch(() => true)).toBe(false);
  await other.evaluate((id) => clearInterval(id), asking);
  await tablet.unlocks();
  await sent(page);
  await expect(update).toBeHidden();

  // The other tab still runs the old version: a part of it that nobody asked for yet is there all the same, and so is what is written.
  await (await tablet.context.newCDPSession(other)).send('Network.clearBrowserCache'); // or the browser's own might help out, by chance
  await go(other, 'Nieuw gesprek');
  await other.getByLabel('In eigen woorden').pressSequentially('ook half');
  await other.getByRole('button', { name: 'Instellingen' }).click();
  await expect(other.getByRole('heading', { name: 'Instellingen' })).toBeVisible();
  await go(other, 'Plein');
  // It is told so.
  await other.getByRole('button', { name: 'Een nieuwe versie is klaar' }).click();
  await tablet.unlocks(other);
  await sent(other);
  await expect(other.getByRole('button', { name: 'Een nieuwe versie is klaar' })).toBeHidden();
});

test('where no version is installed, a screen that is gone with its version starts the newer one', async ({ demo, tablet }) => {
  const page = await tablet.open('about:blank');
  await tablet.context.route('**/sw.js', (route) => route.abort());
  await page.goto(demo.printedLink('generalist'));
  tablet.words = await takes(page);
  await sent(page);
  await demo.release();

  await go(page, 'Nieuw gesprek');

  await tablet.unlocks();
  await expect(page.getByLabel('In eigen woorden')).toBeVisible();
});
