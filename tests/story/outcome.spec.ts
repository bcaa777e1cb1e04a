/** How things end: a talk, and a promise; by a few touches on the tablet, in words at the desk. */
import { chooseCard, desk, enrol, expect, go, handOver, installed, newTalk, sent, test } from './support/story.ts';

test('how a talk ended and why not, where it gets stuck and who decides, are touched on the tablet and read at the desk', async ({
  demo,
  tablet,
  coordinator,
}) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Energie en water', 'De meter is weggehaald.');
  const touch = (group: string, ...names: string[]): Promise<void> =>
    names.reduce(
      (before, name) => before.then(() => page.getByRole('group', { name: group }).getByRole('button', { name, exact: true }).click()),
      Promise.resolve(),
    );
  await page.getByText('Waar loopt het vast?').click();
  await touch('Wat houdt het tegen?', 'alleen online', 'loket dicht', 'wachten');
  await touch('Wat houdt het tegen?', 'wachten'); // not that, after all
  await touch('Wie kan erover beslissen?', 'gewest', 'bedrijf');
  const ended = page.getByRole('group', { name: 'Hoe liep het af?' });
  for (const name of ['Opgelost', 'Uitgelegd', 'Doorverwezen', 'Afspraak', 'Geluisterd', 'Niet mogelijk']) {
    await ended.getByRole('button', { name, exact: true }).click();
    await expect(ended.getByRole('button', { pressed: true })).toHaveText(name);
  }
  await touch('Waarom kon het niet?', 'loket dicht');
  await sent(page);

  const office = await desk(coordinator, demo);
  await office.getByLabel('Zoek woorden of kaart').fill('meter is weggehaald');
  await office.getByRole('button', { name: /Gesprek.*Energie en water/ }).click();
  const talk = office.getByRole('article').filter({ has: office.getByRole('heading', { name: 'Gesprek', exact: true }) });
  await expect(talk.getByText(/Niet mogelijk.*loket dicht/)).toBeVisible();
  const issue = office.getByRole('article').filter({ hasText: 'De meter is weggehaald.' });
  await expect(issue.locator('p', { hasText: /alleen online.*loket dicht/ })).toBeVisible();
  await expect(issue.locator('p', { hasText: 'bedrijf' })).toBeVisible();
  await expect(issue.locator('p', { hasText: /wachten|gewest/ })).toHaveCount(0);

  // Another end: why not goes with what it was said of.
  await ended.getByRole('button', { name: 'Uitgelegd', exact: true }).click();
  await expect(talk.getByText('Uitgelegd')).toBeVisible();
  await expect(talk.getByText('loket dicht')).toHaveCount(0);
});

test('a promise is done in two touches from the square, without a network, and the desk sees it done', async ({ demo, tablet, coordinator }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await newTalk(page, 'Wonen', 'De bel doet het niet.');
  await handOver(page, 'Tafel 3', 'kat', '794', true);
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(page, 'kat', '794');
  await page.getByRole('group', { name: 'Wanneer?' }).getByRole('button').first().click();
  await page.getByRole('button', { name: 'Het is beloofd' }).click();
  await expect(page.getByRole('button', { name: /794/ })).toBeVisible();
  await sent(page);
  await tablet.offline(true);
  await go(page, 'Plein');

  await page.getByRole('button', { name: '794 een ontmoeting' }).click();
  await page.getByRole('button', { name: 'Dit is gebeurd zoals beloofd' }).click();

  await expect(page.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await tablet.offline(false);
  await sent(page);
  const office = await desk(coordinator, demo);
  await office.getByLabel('Zoek woorden of kaart').fill('kat 794');
  await office.getByRole('button', { name: /kat 794/ }).click();
  const promise = office.getByRole('article').filter({ has: office.getByRole('heading', { name: /^Afspraak/ }) });
  await expect(promise.getByText('een ontmoeting · gedaan')).toBeVisible();
});
