/** Tablets of before vaults, files of what did not leave, and vaults that go: nothing that was written is lost by any of it. */
import type { FileChooser, Page } from '@playwright/test';
import { HALF, SENT, WAITS, wasUsedBefore, withoutServer } from './support/before.ts';
import { AT_TABLE_3, desk, enrol, expect, GENERALIST, go, installed, newTalk, sent, takes, tap, test } from './support/story.ts';

const OTHER = 'Ilyas Marnoise';
const SLOW = { timeout: 30_000 };
const MOVE = 'Zet mijn werk op slot';
const lockScreen = (page: Page) => page.getByRole('heading', { name: 'Wie werkt hier?' });
const shield = (page: Page): Promise<void> => page.getByRole('button', { name: 'Scherm verbergen' }).click();

type File = Parameters<FileChooser['setFiles']>[0];

/** Chooses a file by a button, as a hand does. */
async function chooses(page: Page, button: string, file: File): Promise<void> {
  const asked = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button }).click();
  await (await asked).setFiles(file);
}

/** What the coordinator finds of some words, and who wrote them. */
async function finds(office: Page, words: string, author: string): Promise<void> {
  await office.getByLabel('Zoek woorden of kaart').fill(words);
  await office.getByRole('button', { name: /^Gesprek/ }).click(SLOW);
  await expect(office.getByText(words)).toBeVisible();
  await expect(office.getByText(new RegExp(author)).first()).toBeVisible();
  await office.keyboard.press('Escape');
}

test('a tablet of before vaults moves in: what was sent, what waits and what is half-written, all is there', async ({ demo, tablet, coordinator }) => {
  test.slow();
  await wasUsedBefore(tablet, demo);
  const page = tablet.page;
  await page.goto(demo.url());
  await expect(page.getByRole('heading', { name: 'Je werk krijgt een slot' })).toBeVisible();
  tablet.words = await takes(page, MOVE);
  await expect(page.getByText(GENERALIST)).toBeVisible(SLOW);
  await sent(page);
  await page.getByRole('button', { name: /^Een half geschreven gesprek: ga verder/ }).click();
  await expect(page.getByLabel('In eigen woorden')).toHaveValue(HALF);
  expect(await tablet.rows('refused')).toEqual([]);

  // Its key is known from now on: what is written leaves while it is locked.
  await installed(page);
  await withoutServer(page, true);
  await newTalk(page, 'Wonen', 'Geschreven in de kluis.');
  await shield(page);
  await expect(page.getByText(/nog niet van deze tablet vertrokken/).first()).toBeVisible();
  await expect(page.getByText(/daarvan vertrekken pas|daarvan vertrekt pas/)).toHaveCount(0);
  await withoutServer(page, false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(page.getByText('Alles op deze tablet is verstuurd')).toBeVisible(SLOW);

  const office = await desk(coordinator, demo);
  for (const words of [SENT, WAITS, 'Geschreven in de kluis.']) await finds(office, words, GENERALIST);
  await page.reload();
  await tablet.unlocks();
  await sent(page);
});

test('a tablet that moved in without a network and is then revoked: what has no seal waits for its worker, and reaches the desk', async ({
  demo,
  tablet,
  coordinator,
}) => {
  test.slow();
  const device = await wasUsedBefore(tablet, demo);
  const page = tablet.page;
  await withoutServer(page, true);
  await page.goto(demo.url());
  tablet.words = await takes(page, MOVE);
  await expect(page.getByText(GENERALIST)).toBeVisible(SLOW);
  await installed(page);
  await shield(page);
  await expect(lockScreen(page)).toBeVisible();
  await expect(page.getByText(/daarvan vertrekken pas|daarvan vertrekt pas/)).toBeVisible();
  await demo.asCoordinator('POST', `/api/devices/${device}/revoke`, {});

  await withoutServer(page, false);
  await page.reload();
  await expect(lockScreen(page)).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.waitForTimeout(2_000);
  await expect(page.getByText(/daarvan vertrekken pas|daarvan vertrekt pas/)).toBeVisible();
  await tablet.unlocks(page, tablet.words, 'vos', 'Coördinatoren melden zich aan');

  expect(await tablet.remembers()).toEqual([]);
  const office = await desk(coordinator, demo);
  await go(office, 'Opzij gelegd');
  await expect(office.getByText(WAITS)).toBeVisible(SLOW);
});

test('what has not left goes to a file; another tablet or the coordinator brings it in, and it stays the work of who wrote it', async ({
  demo,
  tablet,
  second,
  coordinator,
}) => {
  test.slow();
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await withoutServer(page, true);
  await newTalk(page, 'Wonen', 'Water in de kelder, in een bestand.');
  await shield(page);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Niet-verstuurde wijzigingen in een bestand' }).click();
  const file = await (await saving).path();

  // Another worker's tablet, locked.
  const other = await enrol(second, await demo.linkFor(AT_TABLE_3));
  await installed(other);
  await shield(other);
  await expect(lockScreen(other)).toBeVisible();
  await chooses(other, 'Wijzigingen van een andere tablet inlezen', file);
  await expect(other.getByText(/ingelezen. Ze vertrekken met de andere/)).toBeVisible();
  await expect(other.getByText('Alles op deze tablet is verstuurd')).toBeVisible(SLOW);
  const office = await desk(coordinator, demo);
  await finds(office, 'Water in de kelder, in een bestand.', GENERALIST);
  await expect(office.getByText(new RegExp(AT_TABLE_3))).toHaveCount(0);

  // Twice does no harm; what is no such file is said to be none.
  await go(office, 'Opzij gelegd');
  await chooses(office, 'Kies het bestand', file);
  await expect(office.getByText(/opgenomen, .*0.* opzij gelegd/)).toBeVisible();
  await chooses(office, 'Kies het bestand', { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{') });
  await expect(office.getByText('Dat is geen bestand met niet-verstuurde wijzigingen.')).toBeVisible();
  await withoutServer(page, false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(page.getByText('Alles op deze tablet is verstuurd')).toBeVisible(SLOW);
  await tablet.unlocks();
  await sent(page);
  expect(await tablet.rows('refused')).toEqual([]);
});

test('of two workers on a tablet one is revoked: only their vault goes; what the other one wrote stays and leaves', async ({ demo, tablet }) => {
  test.slow();
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await shield(page);
  await expect(lockScreen(page)).toBeVisible();
  await page.goto('about:blank');
  await page.goto(await demo.linkFor(OTHER));
  const others = await takes(page);
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible(SLOW);
  await sent(page);
  await withoutServer(page, true);
  await tap(page, 'koffie');
  await shield(page);
  await expect(page.getByText('1 wijziging is nog niet van deze tablet vertrokken')).toBeVisible();
  await demo.asCoordinator('PATCH', `/api/members/${await demo.memberId(GENERALIST)}`, { active: false });
  // Their courier alone finds the server: the other one's work is still here when the answer comes.
  const hare = await page.evaluate(tokenOf, 'hare');
  await page.context().route('**/api/sync', (route) =>
    route.request().headers().authorization === `Bearer ${hare}` ? route.abort() : route.continue(),
  );
  await page.context().unroute('**/api/**');
  await page.evaluate(() => dispatchEvent(new Event('online')));

  await expect(page.getByRole('button', { name: 'vos: ontgrendelen' })).toHaveCount(0, SLOW);
  await expect(page.getByText('De toegang van een medewerker op deze tablet werd beëindigd')).toBeVisible();
  await expect(page.getByText('1 wijziging is nog niet van deze tablet vertrokken')).toBeVisible();
  await page.context().unroute('**/api/sync');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(page.getByText('Alles op deze tablet is verstuurd')).toBeVisible(SLOW);
  await tablet.unlocks(page, others, 'haas');
  await expect(page.getByText(OTHER)).toBeVisible();
});

/** Runs in the page: what lies in clear to carry one vault's edits. */
async function tokenOf(face: string): Promise<string> {
  const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await done(indexedDB.open('onthaal'));
  const rows = (await done(db.transaction('vaults').objectStore('vaults').getAll())) as { face: string; courier: string }[];
  db.close();
  return rows.find((row) => row.face === face)?.courier ?? '';
}

test('who takes what lies in clear on a tablet cannot read anything with it', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const courier = await page.evaluate(tokenOf, 'fox');
  expect(courier).toHaveLength(43);
  const asks = async (where: string, body?: unknown): Promise<Response> =>
    fetch(`${demo.url()}${where}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${courier}` },
      body: body ? JSON.stringify(body) : null,
    });

  for (const where of ['/api/me', '/api/team', '/api/poke']) expect((await asks(where)).status).toBe(403);
  const reply = await asks('/api/sync', { protocol: 1, kinds: 1, epoch: '', call: 1, now: 1, cursors: {}, edits: [], limit: 1000 });
  expect(await reply.json()).toMatchObject({ streams: {}, closed: [] });
});
