/** A tablet that nobody hears of for days, and for weeks: it goes on, and what was written on it is not lost by either. */
import { counted, desk, enrol, expect, go, installed, newTalk, sent, tap, test } from './support/story.ts';

test('a tablet without a network for days goes on; after two weeks what was read on it is gone, and what was written on it arrives', async ({
  demo,
  tablet,
  coordinator,
}) => {
  test.slow();
  let page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  const start = await counted(page, 'koffie');
  await demo.stop();
  const DAY = 86_400_000;
  for (const [days, coffees] of [
    [0, 1],
    [5, 2],
    [11, 3],
  ] as const) {
    await tablet.close();
    tablet.clockAheadMs = days * DAY;
    page = await tablet.open(demo.url());
    await tap(page, 'koffie');
    await expect.poll(() => counted(page, 'koffie')).toBe(start + coffees);
  }
  await newTalk(page, 'Wonen', 'Op de elfde dag verteld.');
  await expect.poll(async () => JSON.stringify(await tablet.rows('outbox'))).toContain('elfde dag');
  await tablet.close();

  tablet.clockAheadMs = 15 * DAY;
  page = await tablet.open(demo.url());
  await expect(page.getByText(/wijzigingen wachten op deze tablet/)).toBeVisible();
  await expect(page.getByText('Deze tablet was twee weken alleen', { exact: false })).toBeVisible();
  await expect.poll(() => tablet.rows('records')).toEqual([]);
  await demo.start();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await sent(page);
  await go(page, 'Plein');
  await expect.poll(() => counted(page, 'koffie')).toBe(start + 3);
  expect(await tablet.rows('refused')).toEqual([]);
  const office = await desk(coordinator, demo);
  await office.getByLabel('Zoek woorden of kaart').fill('Op de elfde dag verteld.');
  await expect(office.getByRole('button', { name: /^Gesprek/ })).toBeVisible({ timeout: 30_000 });
});
