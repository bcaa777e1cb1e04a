/** What a tablet has to stand: no network, a battery that is taken out, a wrong clock, two tabs, no room left, a lost token. */
import { pause } from './support/demo.ts';
import { counted, desk, enrol, expect, GENERALIST, go, installed, newTalk, sent, tap, test, write } from './support/story.ts';

const outbox = (rows: { edit: { kind: string } }[]): number => rows.filter((row) => row.edit.kind === 'tally').length;

test('a tablet that is killed without a network comes back with every edit and sends them without a touch', async ({ demo, tablet }) => {
  let page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  const before = await counted(page, 'koffie');
  await demo.stop();
  // Nobody touches anything, and the browser still has its network.
  await expect(page.getByText('Geen netwerk')).toBeVisible({ timeout: 4000 });
  await tap(page, 'koffie');
  await tap(page, 'koffie');
  await expect.poll(() => counted(page, 'koffie')).toBe(before + 2);
  await tablet.kill();

  page = await tablet.open(demo.url());
  await expect(page.getByText('2 wijzigingen wachten op deze tablet')).toBeVisible();
  expect(await counted(page, 'koffie')).toBe(before + 2);

  await demo.start();
  await sent(page);
  expect(await counted(page, 'koffie')).toBe(before + 2);
  expect(await tablet.rows('refused')).toEqual([]);
});

test('a browser that is killed while it writes keeps each edit whole or not at all, and nothing that was shown as kept is lost', async ({
  demo,
  tablet,
}) => {
  test.slow();
  let page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await demo.stop();
  let least = await counted(page, 'koffie');
  const start = least;
  for (const ms of [500, 30, 160]) {
    const writing = (async () => {
      for (;;) {
        await tap(page, 'koffie');
        least = Math.max(least, await counted(page, 'koffie'));
      }
    })().catch(() => undefined);
    await pause(ms);
    await tablet.kill();
    await writing;

    page = await tablet.open(demo.url());
    await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible();
    const shown = await counted(page, 'koffie');
    expect(shown).toBeGreaterThanOrEqual(least);
    // What is shown is what waits: no edit without its place in the outbox, no place without an edit.
    expect(outbox(await tablet.rows('outbox'))).toBe(shown - start);
    least = shown;
  }
  expect(least).toBeGreaterThan(start);

  await demo.start();
  await sent(page);
  expect(await counted(page, 'koffie')).toBe(least);
  expect(await tablet.rows('refused')).toEqual([]);
});

for (const [name, aheadMs] of [
  ['three days ahead', 3 * 86_400_000],
  ['in 1970', 86_400_000 - Date.now()],
] as const) {
  test(`a tablet whose clock is ${name} is not locked out, is told so in words, and its times are corrected`, async ({
    demo,
    tablet,
    coordinator,
  }) => {
    tablet.clockAheadMs = aheadMs;
    const page = await enrol(tablet, demo.printedLink('generalist'));
    await expect(page.getByText(/De klok van deze tablet loopt .* verkeerd/)).toBeVisible();
    await installed(page);
    await newTalk(page, 'Energie en water', 'De klok slaat dertien.');
    await tablet.offline(true);
    await newTalk(page, 'Wonen');
    const before = (await tablet.rows('outbox')).length;
    await write(page.getByLabel('In eigen woorden'), 'En daarna weer dertien.');
    await expect.poll(async () => (await tablet.rows('outbox')).length).toBeGreaterThan(before);
    await tablet.close();
    await demo.stop();
    // Opened again without a network: the clock is as wrong as before, and nothing has told it yet.
    const again = await tablet.open(demo.url());
    await newTalk(again, 'Gezondheid en ziekenfonds', 'Nog altijd dertien.');
    await demo.start();
    await sent(again);
    expect(await tablet.rows('refused')).toEqual([]);

    // The office's clock is as wrong, and it is told what to do about it.
    coordinator.clockAheadMs = aheadMs;
    const office = await desk(coordinator, demo);
    await office.getByRole('button', { name: /De klok van deze computer loopt .* verkeerd/ }).click();
    await expect(office.getByText('Zet datum en uur van dit toestel op automatisch.')).toBeVisible();
    await go(office, 'Nazicht');
    for (const words of ['slaat dertien', 'daarna weer dertien', 'altijd dertien']) {
      await office.getByLabel('Zoek woorden of kaart').fill(words);
      await office.getByRole('button', { name: /^Gesprek/ }).click();
      const talk = office.getByRole('article').filter({ has: office.getByRole('heading', { name: 'Gesprek', exact: true }) });
      await expect(talk.getByText(new RegExp(`${GENERALIST}.*${today()}`, 's'))).toBeVisible();
      await go(office, 'Nazicht');
    }
  });
}

/** How the desk writes the present day. */
const today = (): string =>
  new Intl.DateTimeFormat('nl', { day: 'numeric', month: 'short', timeZone: 'Europe/Brussels' }).format(new Date());

test('a clock that jumps back while the app is open stops neither writing nor sending', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const before = await counted(page, 'koffie');
  await tap(page, 'koffie');
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() - 5 * 86_400_000;
  });
  await tap(page, 'koffie');
  await expect.poll(() => counted(page, 'koffie')).toBe(before + 2);
  await newTalk(page, 'Wonen', 'Vijf dagen geleden, zegt de klok.');
  await sent(page);
  expect(await tablet.rows('refused')).toEqual([]);
  await go(page, 'Plein');
  await tablet.reload();
  await expect.poll(() => counted(page, 'koffie')).toBe(before + 2);
});

test('a database that was restored from an older copy gets the rest back from the tablets, without a touch', async ({ demo, tablet, second }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await demo.stop();
  const restore = demo.backup();
  await demo.start();
  const before = await counted(page, 'koffie');
  await tap(page, 'koffie');
  await newTalk(page, 'Wonen', 'Na de laatste kopie verteld.');
  await sent(page);
  await expect.poll(async () => (await tablet.rows('outbox')).length).toBe(0);

  await demo.stop();
  restore();
  await demo.start();

  const other = await enrol(second, await demo.linkFor(GENERALIST));
  await expect.poll(() => counted(other, 'koffie')).toBe(before + 1);
  await expect.poll(async () => JSON.stringify(await second.rows('records'))).toContain('Na de laatste kopie verteld.');
});

test('of two tabs one carries, both show what either wrote, and nothing is counted twice', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const other = await tablet.context.newPage();
  let calls = 0;
  other.on('request', (request) => {
    if (request.url().endsWith('/api/sync')) calls += 1;
  });
  await other.goto(demo.url());
  await tablet.unlocks(other);
  await sent(other);
  await expect(other.getByText('Tafel 1', { exact: true })).toBeVisible();
  const before = await counted(page, 'koffie');

  await Promise.all([tap(other, 'koffie'), tap(page, 'koffie')]); // neither has heard of the other's
  await tap(other, 'koffie');

  for (const tab of [page, other]) {
    await expect.poll(() => counted(tab, 'koffie')).toBe(before + 3);
    await sent(tab);
  }
  expect(calls).toBe(0);

  await page.close(); // the other takes over
  await tap(other, 'koffie');
  await sent(other);
  await expect.poll(() => counted(other, 'koffie')).toBe(before + 4);
  await expect.poll(() => calls).toBeGreaterThan(0);
});

test('a tablet without room says so in words, and what waits stays', async ({ demo, tablet }) => {
  let page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  const before = await counted(page, 'koffie');
  await demo.stop();
  await tap(page, 'koffie');
  await expect.poll(async () => outbox(await tablet.rows('outbox'))).toBe(1);
  await tablet.kill(); // Chromium remembers for a while that there was room
  page = await tablet.open('about:blank');
  const session = await tablet.context.newCDPSession(page);
  const origin = demo.url();
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await page.goto(origin);
  await tablet.unlocks();
  await tap(page, 'koffie');

  await expect(page.getByText('Deze tablet is vol').first()).toBeVisible();
  expect(outbox(await tablet.rows('outbox'))).toBe(1);
  expect(await counted(page, 'koffie')).toBe(before + 1);
  // Words that could not be kept stay where they were written.
  await go(page, 'Nieuw gesprek');
  await page.getByLabel('In eigen woorden').fill('Geen plaats meer, ook hier niet.');
  await page.getByRole('button', { name: 'Bewaar deze woorden' }).click();
  await expect(page.getByText('Deze tablet is vol: dit kon niet bewaard worden')).toBeVisible();
  await expect(page.getByLabel('In eigen woorden')).toHaveValue('Geen plaats meer, ook hier niet.');
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  // A try that was still underway may find the room by itself.
  await expect(async () => {
    const keep = page.getByRole('button', { name: 'Bewaar deze woorden' });
    if (await keep.isVisible()) await keep.click({ timeout: 3000 });
    await expect(page.getByRole('button', { name: 'Kies een thema' })).toBeVisible({ timeout: 3000 });
  }).toPass({ timeout: 30_000 });
  await go(page, 'Plein');
  await tap(page, 'koffie');
  await expect.poll(() => counted(page, 'koffie')).toBe(before + 2);
  await demo.start();
  await sent(page);
  expect(await counted(page, 'koffie')).toBe(before + 2);
});

test('a tablet whose disk cannot be read says so, erases nothing, and goes on when it can', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await tap(page, 'koffie');
  await sent(page);
  await page.addInitScript(() => {
    if (sessionStorage.getItem('broken')) return;
    IDBFactory.prototype.open = () => {
      throw new DOMException('the disk is broken', 'AbortError');
    };
  });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Onthaal kan niet openen wat op dit toestel staat' })).toBeVisible();

  await page.evaluate(() => sessionStorage.setItem('broken', 'no more'));
  await page.getByRole('button', { name: 'Nu opnieuw proberen' }).click();

  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();
});
