/** A day on the square, offline on the tablet (product.md, The day). */
import { chooseCard, counted, desk, enrol, expect, GENERALIST, go, handOver, installed, newTalk, sent, tap, test, touchAndType, write } from './support/story.ts';

const WORDS = 'Ik bel al drie weken en niemand neemt op.';
const AGAIN = 'Ik bel al drie weken; vandaag nam iemand op en legde neer.';

test('the app installs: a manifest, icons and a service worker, and nothing that stands in the way', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  const cdp = await tablet.context.newCDPSession(page);

  expect((await cdp.send('Page.getInstallabilityErrors')).installabilityErrors).toEqual([]);
  const manifest = await cdp.send('Page.getAppManifest');
  expect(manifest.errors).toEqual([]);
  const { icons, display } = JSON.parse(manifest.data ?? '{}') as { icons: { src: string; sizes: string }[]; display: string };
  expect(display).toBe('standalone');
  expect(icons.map((one) => one.sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
  for (const { src } of icons) expect((await fetch(new URL(src, demo.url()))).status).toBe(200);
});

test('a generalist works a day without a network, closes the browser twice, finds it all, and everything arrives without a touch', async ({
  demo,
  tablet,
  second,
  coordinator,
}) => {
  test.slow();
  let page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  const coffees = await counted(page, 'koffie');

  // the network is cut, the browser is closed and opened again: the app starts
  await demo.stop();
  await tablet.close();
  page = await tablet.open(demo.url());

  // a tally
  await tap(page, 'koffie');
  await expect.poll(() => counted(page, 'koffie')).toBe(coffees + 1);

  // a new talk with own words, and a theme
  await go(page, 'Nieuw gesprek');
  await page.getByLabel('In eigen woorden').fill(WORDS);
  await page.getByRole('button', { name: 'Bewaar deze woorden' }).click();
  await page.getByRole('button', { name: 'Kies een thema' }).click();
  await page.getByRole('button', { name: 'Digitaal en administratie' }).click();
  await page.locator('summary', { hasText: 'Preciezer' }).click();
  await page.getByRole('button', { name: 'Brief of papieren begrijpen' }).click();

  // an issue more in the same talk
  await page.getByRole('button', { name: 'Nog een knelpunt in dit gesprek' }).click();
  await page.getByRole('button', { name: 'Energie en water' }).click();
  await expect(page.getByRole('region', { name: 'Knelpunt 2' })).toBeVisible();

  // a hand-over to a table by card
  await handOver(page, 'Tafel 9', 'vos', '794');
  await expect(page.getByRole('button', { name: /794/ })).toBeVisible();

  // a follow-up meeting on the same card
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(page, 'vos', '794');
  await page.getByRole('group', { name: 'Wanneer?' }).getByRole('button').nth(1).click();
  await page.getByLabel(/Wat is beloofd/).fill('Samen de brief lezen aan tafel 9.');
  await page.getByRole('button', { name: 'Het is beloofd' }).click();
  await expect(page.getByRole('button', { name: /794/ })).toBeVisible();

  // edited again: the meeting, and the words
  await page.getByRole('button', { name: /794/ }).click();
  await write(page.getByLabel('Plaats'), 'onder de linde');
  await go(page, 'Plein');
  await page.getByRole('button', { name: /794/ }).click();
  await page.getByRole('button', { name: 'Alles op deze kaart' }).click();
  const talk = page.getByRole('listitem').filter({ hasText: 'Gesprek' });
  await talk.getByRole('button').click();
  const had = (await tablet.rows('outbox')).length;
  await write(page.getByRole('region', { name: 'Knelpunt 1' }).getByLabel('In eigen woorden'), AGAIN);
  await expect.poll(async () => (await tablet.rows('outbox')).length).toBeGreaterThan(had);

  // closed and opened again: all is there, and what waits is said
  const waiting = (await tablet.rows('outbox')).length;
  expect(waiting).toBeGreaterThan(8);
  await tablet.close();
  page = await tablet.open(demo.url());
  await expect(page.getByText(`${waiting} wijzigingen wachten op deze tablet`)).toBeVisible();
  expect(await counted(page, 'koffie')).toBe(coffees + 1);
  await page.getByRole('button', { name: /794/ }).click();
  await expect(page.getByText('onderweg').first()).toBeVisible();
  await page.getByRole('button', { name: 'Alles op deze kaart' }).click();
  for (const told of [AGAIN, 'Samen de brief lezen aan tafel 9.', 'Doorverwijzing']) await expect(page.getByText(told).first()).toBeVisible();
  await page.getByRole('listitem').filter({ hasText: 'Samen de brief' }).getByRole('button').click();
  await expect(page.getByLabel('Plaats')).toHaveValue('onder de linde');

  // the network is back: everything arrives without a touch
  await demo.start();
  await sent(page);
  await expect(page.getByText(/vragen aandacht|vraagt aandacht/)).toHaveCount(0);
  const office = await desk(coordinator, demo);
  await office.getByLabel('Zoek woorden of kaart').fill('vos 794');
  await office.getByRole('button', { name: /vos 794/ }).click();
  for (const told of [AGAIN, 'Samen de brief lezen aan tafel 9.', 'onder de linde', 'Knelpunt: Energie en water', GENERALIST])
    await expect(office.getByText(told).first()).toBeVisible();
  const other = await enrol(second, await demo.linkFor('Ilyas Marnoise', '127.0.0.1'));
  expect(await counted(other, 'koffie')).toBe(coffees + 1);
});

test('an anonymous issue is saved in two taps', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Nieuw gesprek');
  await page.getByRole('button', { name: 'Energie en water' }).click();
  await expect(page.getByText('Bewaard op deze tablet')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Energie en water' })).toBeVisible();
});

test('words, and a theme touched right after them, are one issue; what is touched twice happens once', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Nieuw gesprek');
  await page.getByLabel('In eigen woorden').fill(WORDS);
  await page.getByRole('button', { name: 'Wonen', exact: true }).click(); // leaves the field, which keeps the words
  await expect(page.getByRole('heading', { name: 'Wonen' })).toBeVisible();
  await expect(page.getByLabel('In eigen woorden')).toHaveValue(WORDS);
  await expect(page.getByRole('region', { name: /^Knelpunt/ })).toHaveCount(1);

  await page.getByRole('button', { name: 'Nog een knelpunt in dit gesprek' }).click();
  await page.getByRole('button', { name: 'Energie en water' }).dblclick();
  await expect(page.getByRole('region', { name: /^Knelpunt \d/ })).toHaveCount(2);

  await page.getByRole('main').getByRole('button', { name: 'Doorverwijzen' }).click();
  await page.getByRole('button', { name: /^Tafel 5/ }).click();
  await chooseCard(page, 'dolfijn', '794');
  await page.getByRole('button', { name: 'Samen naar de tafel' }).dblclick();
  await expect(page.getByRole('button', { name: /794/ })).toHaveCount(1);
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(page, 'dolfijn', '794');
  await page.getByRole('group', { name: 'Wanneer?' }).getByRole('button').nth(1).click();
  await page.getByRole('button', { name: 'Het is beloofd' }).dblclick();
  await expect(page.getByRole('button', { name: /794/ })).toHaveCount(1);

  await go(page, 'Plein');
  await page.getByRole('button', { name: 'Groep of muur' }).click();
  await page.getByLabel('Wat gezegd of geschreven werd').fill('Geen bank om op te zitten');
  await page.getByRole('button', { name: 'Voeg deze opmerking toe' }).dblclick();
  await expect(page.getByRole('heading', { name: '1 net toegevoegd' })).toBeVisible();
  await sent(page);
  await expect(page.getByText(/aandacht/)).toHaveCount(0);
  const kept = await tablet.rows<{ ack: string; edit: { kind: string; id: string; set: object } }>('kept');
  expect(kept.map(({ ack }) => ack)).toEqual(kept.map(() => 'ok')); // the server took every one
  const made = kept.map((row) => row.edit);
  const born = (kind: string): number => new Set(made.filter((edit) => edit.kind === kind).map((edit) => edit.id)).size;
  expect([born('visit'), born('issue'), born('referral'), born('follow_up')]).toEqual([2, 3, 1, 1]);
});

test('a tally that was a mistake is taken back in one tap', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const before = await counted(page, 'maaltijd');
  await tap(page, 'maaltijd');
  await expect.poll(() => counted(page, 'maaltijd')).toBe(before + 1);
  await page.getByRole('button', { name: 'Ongedaan maken' }).click();
  await expect.poll(() => counted(page, 'maaltijd')).toBe(before);
});

test('many remarks from the wall are written quickly, one after the other', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await page.getByRole('button', { name: 'Groep of muur' }).click();
  for (const remark of ['Geen bank om op te zitten', 'De tram rijdt hier voorbij', 'Waar is het loket gebleven?']) {
    await page.getByLabel('Wat gezegd of geschreven werd').fill(remark);
    await page.getByRole('button', { name: 'Voeg deze opmerking toe' }).click();
    await expect(page.getByLabel('Wat gezegd of geschreven werd')).toHaveValue('');
  }
  await expect(page.getByRole('heading', { name: '3 net toegevoegd' })).toBeVisible();
});

test('the shield hides everything in one tap', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();
  await expect(page.getByText('Tafel 1', { exact: true })).toHaveCount(0);
  await tablet.unlocks();
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible();
});

test('residence is told in a talk of its own, off the card that the talk is on', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Wonen', 'De kelder staat onder water.');
  await handOver(page, 'Tafel 3', 'haas', '794', true);
  await page.getByRole('button', { name: /794/ }).click();
  await page.getByRole('button', { name: 'Alles op deze kaart' }).click();
  await page.getByRole('button', { name: /^Gesprek/ }).click();
  await page.getByRole('button', { name: 'Nog een knelpunt' }).click();
  await page.getByRole('button', { name: 'Verblijf en papieren', exact: true }).click();

  await expect(page.getByText('Verblijf hangt nooit aan een kaart')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Verblijf en papieren' })).toBeVisible();
  await expect(page.getByText('De kelder staat onder water.')).toHaveCount(0);
  await go(page, 'Plein');
  await sent(page);
  await expect(page.getByText(/vraagt? aandacht/)).toHaveCount(0);
});

test('who works in the kitchen counts, and is offered nothing that visitors tell', async ({ demo, tablet }) => {
  const page = await enrol(tablet, await demo.linkFor('Baptiste Noirchêne'));
  const coffees = await counted(page, 'koffie');
  await tap(page, 'koffie');
  await expect.poll(() => counted(page, 'koffie')).toBe(coffees + 1);
  await sent(page);
  await expect(page.getByText(/vraagt? aandacht/)).toHaveCount(0);
  for (const way of ['Nieuw gesprek', 'Doorverwijzen', 'Afspraken', 'Groep of muur', /^Gesprek/, /^Zet op/])
    await expect(page.getByRole('button', { name: way })).toHaveCount(0);
});

test('who asks to be forgotten is erased by card, from every tablet', async ({ demo, tablet, second }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const table = await enrol(second, demo.printedLink('service worker'));
  await newTalk(page, 'Wonen', 'Mijn huisbaas komt binnen als ik weg ben.');
  await handOver(page, 'Tafel 3', 'haas', '794', true);
  await go(table, 'Ontvangen');
  await table.getByRole('button', { name: /haas 794/ }).click();
  await expect(table.getByText('Mijn huisbaas komt binnen')).toBeVisible();

  await page.getByRole('button', { name: /794/ }).click();
  await page.getByRole('button', { name: 'Alles op deze kaart' }).click();
  await page.getByRole('button', { name: 'Wis deze kaart' }).click();
  // Whoever erases reads the digits off the card before them.
  const sure = page.getByRole('button', { name: 'Ja, wis ze overal' });
  await page.getByLabel('Typ de drie cijfers').fill('566');
  await expect(sure).toBeDisabled();
  await page.getByLabel('Typ de drie cijfers').fill('794');
  await sure.click();

  await expect(table.getByText('Mijn huisbaas komt binnen')).toHaveCount(0);
  await expect.poll(async () => JSON.stringify([...(await tablet.rows('records')), ...(await second.rows('records'))])).not.toContain('huisbaas');
  for (const one of [tablet, second]) {
    const kept = JSON.stringify([...(await one.rows('kept')), ...(await one.rows('outbox')), ...(await one.rows('drafts'))]);
    expect(kept).not.toContain('huisbaas');
  }
});

test('where the browser would install the app, the settings ask it to, once', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await expect(page.getByRole('heading', { name: 'Instellingen' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Installeer de app' })).toHaveCount(0);
  // Chromium offers it by chance of its own, and never without a head: the offer is ours, what is done with it is the app's.
  await page.evaluate(() => {
    const offer = new Event('beforeinstallprompt', { cancelable: true });
    const asked = async (): Promise<void> => {
      document.title = 'asked';
    };
    dispatchEvent(Object.assign(offer, { prompt: asked }));
  });
  await page.getByRole('button', { name: 'Installeer de app' }).click();
  await expect(page).toHaveTitle('asked');
  await expect(page.getByRole('button', { name: 'Installeer de app' })).toHaveCount(0);
});
