/** A tablet in other hands: what a thief finds, what another worker sees, and that nothing is lost by any of it (security.md). */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { PASSWORD } from './support/demo.ts';
import { counted, desk, enrol, expect, GENERALIST, go, installed, newTalk, sent, takes, tap, test } from './support/story.ts';

const MARKER = 'Zq7pX2vKd9';
const OTHER = 'Ilyas Marnoise';
const lockScreen = (page: Page) => page.getByRole('heading', { name: 'Wie werkt hier?' });
const shield = (page: Page): Promise<void> => page.getByRole('button', { name: 'Scherm verbergen' }).click();

/** The files of a folder that hold a word, as UTF-8 or UTF-16. */
function filesWith(folder: string, word: string): string[] {
  const wanted = [Buffer.from(word, 'utf8'), Buffer.from(word, 'utf16le')];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const content = readFileSync(file);
      return wanted.some((bytes) => content.includes(bytes));
    });
}

/** As when the screen is switched off, or another app is before it. */
const hides = (page: Page, hidden: boolean): Promise<void> =>
  page.evaluate((is) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (is ? 'hidden' : 'visible') });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

/** A second worker takes a link on a tablet that others use. */
async function joins(page: Page, link: string): Promise<string> {
  await page.goto('about:blank');
  await page.goto(link);
  const words = await takes(page);
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible({ timeout: 30_000 });
  return words;
}

test('T01: who takes the tablet apart finds not one written word on its disk', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await newTalk(page, 'Wonen', `${MARKER} verstuurd`);
  await sent(page);
  await demo.stop();
  await newTalk(page, 'Energie en water', `${MARKER} wacht`);
  await expect(page.getByText('1 wijziging wacht op deze tablet').or(page.getByText(/wijzigingen wachten op deze tablet/))).toBeVisible();
  await go(page, 'Nieuw gesprek');
  await page.getByLabel('In eigen woorden').pressSequentially(`${MARKER} half`);
  await shield(page);
  await expect(lockScreen(page)).toBeVisible();
  // That this search finds what lies in clear: a word of a stranger to the app.
  await page.evaluate(async () => {
    const request = indexedDB.open('control', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('rows').put({ words: 'Hb4mW8tRc1' }, 1);
    await new Promise((done) => (request.onsuccess = done));
    request.result.close();
  });
  await tablet.close();

  expect(filesWith(tablet.profile, 'Hb4mW8tRc1').length).toBeGreaterThan(0);
  expect(filesWith(tablet.profile, MARKER)).toEqual([]);
  expect(filesWith(tablet.profile, GENERALIST)).toEqual([]);
  expect(filesWith(tablet.profile, tablet.words)).toEqual([]);

  const again = await tablet.open(demo.url());
  await expect(again.getByLabel('In eigen woorden')).toHaveValue(`${MARKER} half`);
});

test("T01: who takes the coordinator's computer apart finds nothing either; what waits there leaves once the server says who is back", async ({
  demo,
  coordinator,
}) => {
  let page = await desk(coordinator, demo);
  await installed(page);
  await demo.stop();
  await page.getByRole('button', { name: 'Actie', exact: true }).click();
  await page.getByLabel('Of een nieuwe dienst').fill(MARKER);
  await page.getByRole('button', { name: 'Tafel toevoegen' }).click();
  await expect(page.getByText(MARKER).first()).toBeVisible();
  await coordinator.close();
  expect(filesWith(coordinator.profile, MARKER)).toEqual([]);
  expect(filesWith(coordinator.profile, GENERALIST)).toEqual([]); // one of the team, in many records
  expect(filesWith(coordinator.profile, PASSWORD)).toEqual([]);

  page = await coordinator.open(`${demo.url()}/desk`);
  await expect(page.getByRole('heading', { name: 'Dit bureau opent met een netwerk' })).toBeVisible();
  await demo.start();
  await sent(page); // by itself
  await page.getByRole('button', { name: 'Actie', exact: true }).click();
  await expect(page.getByText(MARKER).first()).toBeVisible();
});

test('T04: a tablet that is out of sight for a minute is locked; the form comes back exactly as it was', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await go(page, 'Nieuw gesprek');
  await page.getByLabel('In eigen woorden').pressSequentially(`${MARKER} halve zi`);
  await expect(page.getByText(GENERALIST)).toBeVisible(); // name and role stay in sight while it is open
  await page.clock.install();
  await hides(page, true);
  await page.clock.runFor(40_000);
  await hides(page, false);
  await expect(page.getByLabel('In eigen woorden')).toHaveValue(`${MARKER} halve zi`);

  await hides(page, true);
  await page.clock.runFor(61_000);

  await expect(lockScreen(page)).toBeVisible();
  expect(await page.content()).not.toContain(MARKER);
  expect(await page.content()).not.toContain(GENERALIST);
  await tablet.unlocks();
  await expect(page.getByLabel('In eigen woorden')).toHaveValue(`${MARKER} halve zi`);
});

test('a tablet that nobody touches for five minutes is locked', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await page.clock.install();
  await page.clock.runFor(4 * 60_000);
  await tap(page, 'koffie');
  await page.clock.runFor(4 * 60_000);
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible();
  await page.clock.runFor(2 * 60_000);

  await expect(lockScreen(page)).toBeVisible();
});

test('T07, T08: two workers share a tablet; neither sees anything of the other, and what one wrote leaves while the other works', async ({
  demo,
  tablet,
  coordinator,
}) => {
  test.slow();
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await shield(page);
  const others = await joins(page, await demo.linkFor(OTHER));
  await expect(page.getByText(OTHER)).toBeVisible();
  await shield(page);
  await tablet.unlocks();
  await tablet.offline(true);
  await newTalk(page, 'Wonen', `${MARKER} van de eerste`);
  await go(page, 'Nieuw gesprek');
  await page.getByLabel('In eigen woorden').pressSequentially(`${MARKER} half`);

  // two taps and the unlock
  await shield(page);
  await expect(page.getByText(/wijzigingen wachten op deze tablet/)).toBeVisible();
  await tablet.unlocks(page, others, 'haas');
  await expect(page.getByText(OTHER)).toBeVisible();
  await go(page, 'Nieuw gesprek');
  await expect(page.getByLabel('In eigen woorden')).toHaveValue('');
  await go(page, 'Plein');
  await expect(page.getByText('half geschreven')).toHaveCount(0);
  const lying = await page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    let text = '';
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        const rows = await done(db.transaction(store).objectStore(store).getAll());
        text += JSON.stringify(rows, (_, one) => (one instanceof Uint8Array ? new TextDecoder('latin1').decode(one) : one));
      }
      db.close();
    }
    return text;
  });
  expect(lying).not.toContain(MARKER);
  expect(lying).not.toContain(GENERALIST);

  // The other one goes on working; the network is back.
  await tablet.offline(false);
  const office = await desk(coordinator, demo);
  await office.getByLabel('Zoek woorden of kaart').fill(`${MARKER} van de eerste`);
  await office.getByRole('button', { name: /^Gesprek/ }).click({ timeout: 30_000 });
  await expect(office.getByText(`${MARKER} van de eerste`)).toBeVisible();
  await expect(office.getByText(new RegExp(GENERALIST)).first()).toBeVisible();
  await expect(office.getByText(new RegExp(OTHER))).toHaveCount(0);

  // And the first one finds everything where it was.
  await shield(page);
  await expect(page.getByText('Alles op deze tablet is verstuurd')).toBeVisible();
  await tablet.unlocks();
  await expect(page.getByLabel('In eigen woorden')).toHaveValue(`${MARKER} half`);
  await sent(page);
  expect(await tablet.rows('refused')).toEqual([]);
});

test('T09: ten wrong tries, across reloads and clocks that are set, erase the keys; what was written still leaves', async ({ demo, tablet, coordinator }) => {
  test.slow();
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await tablet.offline(true);
  await newTalk(page, 'Wonen', `${MARKER} voor de tiende`);
  await shield(page);
  await expect(lockScreen(page)).toBeVisible();
  await page.clock.install();

  const tries = async (): Promise<void> => {
    await page.getByLabel('Je vijf woorden').fill('een twee drie vier vijf');
    await page.getByRole('button', { name: 'Ontgrendelen', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Eén ogenblik' })).toHaveCount(0);
  };
  const mine = page.getByRole('button', { name: 'vos: ontgrendelen' });
  await mine.click();
  await page.getByLabel('Je vijf woorden').fill('een twee drie vier');
  await page.getByRole('button', { name: 'Ontgrendelen', exact: true }).click();
  await expect(page.getByText('Dit telt niet als poging')).toBeVisible(); // or the five tries below would be six
  for (let i = 0; i < 5; i += 1) {
    await tries();
    if (i === 2) {
      await page.reload();
      await mine.click();
    }
  }
  await expect(page.getByText('Wacht 0:30 voor de volgende poging')).toBeVisible();
  await page.clock.setSystemTime(Date.now() + 86_400_000);
  await page.reload();
  await page.clock.setSystemTime(Date.now() + 2 * 86_400_000);
  await mine.click();
  await expect(page.getByText(/Wacht 0:\d\d voor de volgende poging/)).toBeVisible();
  for (const seconds of [30, 60, 180, 420, 900]) {
    await page.clock.runFor((seconds + 2) * 1000);
    await tries();
  }

  await expect(page.getByRole('button', { name: 'vos: voorgoed op slot' })).toBeDisabled();
  await tablet.offline(false);
  const office = await desk(coordinator, demo);
  await office.getByLabel('Zoek woorden of kaart').fill(`${MARKER} voor de tiende`);
  await expect(office.getByRole('button', { name: /^Gesprek/ })).toBeVisible({ timeout: 30_000 });
});

test('a tablet that can, unlocks with a PIN and its own lock; without either it stays shut', async ({ demo, tablet }) => {
  const page = await tablet.open('about:blank');
  const session = await tablet.context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true } as const;
  await session.send('WebAuthn.addVirtualAuthenticator', { options });
  await page.goto(demo.printedLink('generalist'));
  await page.getByLabel('Een pincode van zes cijfers of meer').fill('294718');
  await page.getByLabel('Dezelfde pincode nog eens').fill('294718');
  await page.getByRole('button', { name: 'Deze tablet gebruiken' }).click();
  await sent(page);
  const before = await counted(page, 'koffie');
  await tap(page, 'koffie');
  await shield(page);

  const unlocks = async (pin: string): Promise<void> => {
    await page.getByLabel('Je pincode').fill(pin);
    await page.getByRole('button', { name: 'Ontgrendelen', exact: true }).click();
  };
  await page.getByRole('button', { name: 'vos: ontgrendelen' }).click();
  await page.evaluate(() => {
    const real = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = () => {
      navigator.credentials.get = real; // somebody says no, once
      return Promise.reject(new DOMException('no', 'NotAllowedError'));
    };
  });
  await unlocks('294718');
  await expect(page.getByText('Het slot van de tablet zelf ging niet open')).toBeVisible();
  await unlocks('294719');
  await expect(page.getByText('Dat klopt niet. Er zijn nog 9 pogingen.')).toBeVisible();
  await unlocks('294718');
  await expect.poll(() => counted(page, 'koffie')).toBe(before + 1);
});
