/** A network that is gone without a sign: the browser believes in it, every line stays open, and nothing answers. */
import { Line } from './support/line.ts';
import { counted, desk, enrol, expect, installed, newTalk, sent, tap, test } from './support/story.ts';

const SLOW = { timeout: 30_000 };
const AWAY = 'Geen netwerk: alles wordt hier bewaard';

test('a network that vanishes without a sign is said, at a tablet that nobody touches; what is entered meanwhile arrives once it answers', async ({
  demo,
  tablet,
  coordinator,
}) => {
  const line = await Line.to(demo);
  tablet.line = line.rule;
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await expect(page.getByText(AWAY)).toHaveCount(0);

  line.fallsSilent();
  await expect(page.getByText(AWAY)).toBeVisible(SLOW);
  expect(await page.evaluate(() => navigator.onLine)).toBe(true); // the browser was told of nothing

  const coffees = await counted(page, 'koffie');
  await tap(page, 'koffie');
  await expect.poll(() => counted(page, 'koffie')).toBe(coffees + 1);
  await newTalk(page, 'Energie en water', 'De meter is afgesloten.');
  await expect(page.getByText(/wijzigingen wachten op deze tablet/)).toBeVisible();

  line.speaks();
  await sent(page);
  await expect(page.getByText(AWAY)).toHaveCount(0);
  const office = await desk(coordinator, demo);
  await office.getByLabel('Zoek woorden of kaart').fill('meter is afgesloten');
  await expect(office.getByRole('button', { name: /Gesprek.*Energie en water/ })).toBeVisible();
  line.close();
});
