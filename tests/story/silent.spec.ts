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

test('an answer that was underway when the browser lost its network does not say that there is one', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await sent(page);
  const [asked, released] = [moment(), moment()];
  await tablet.context.route('**/api/sync', async (route) => {
    if (asked.isOver) return; // what is asked after that is held by a network that is gone
    const response = await route.fetch();
    asked.over();
    await released.comes;
    await route.fulfill({ response });
  });
  await tap(page, 'koffie');
  await asked.comes;
  await tablet.offline(true);
  await expect(page.getByText(AWAY)).toBeVisible();

  const again = page.waitForRequest('**/api/sync');
  released.over();

  await again; // the answer was taken, and what is asked now nobody answers
  await expect(page.getByText(AWAY)).toBeVisible();
});

/** Something that comes once, and can be waited for. */
function moment(): { readonly comes: Promise<void>; readonly over: () => void; readonly isOver: boolean } {
  let isOver = false;
  let over = (): void => {};
  const comes = new Promise<void>((done) => {
    over = () => {
      isOver = true;
      done();
    };
  });
  return { comes, over, get isOver() { return isOver; } };
}
