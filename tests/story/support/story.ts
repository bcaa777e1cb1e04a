/** The people of a story, each with a browser of their own, around one running server; and what they do over and over. */
import { writeFileSync } from 'node:fs';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { Browser } from './browser.ts';
import { Demo, EMAIL, PASSWORD, TEMPLATE } from './demo.ts';

export const GENERALIST = 'Noor Zilverberk';
export const AT_TABLE_3 = 'Wout Hazelaarts';
const SLOW = { timeout: 30_000 };

interface Story {
  demo: Demo;
  tablet: Browser;
  second: Browser;
  coordinator: Browser;
}

async function lend(browser: Browser, use: (browser: Browser) => Promise<void>): Promise<void> {
  await use(browser);
  await browser.remove();
  expect(browser.stopped, 'the pages are as strict as their policy').toEqual([]);
}

export const test = base.extend<Story>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the pattern -- fixtures take none here
  demo: async ({}, use) => {
    const demo = await Demo.at(process.env[TEMPLATE]);
    await demo.start();
    await use(demo);
    await demo.end();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  tablet: async ({}, use) => lend(new Browser(), use),
  // biome-ignore lint/correctness/noEmptyPattern: as above
  second: async ({}, use) => lend(new Browser(), use),
  // biome-ignore lint/correctness/noEmptyPattern: as above
  coordinator: async ({}, use) => lend(new Browser({ width: 1280, height: 800 }), use),
});
export { expect };

/** Takes the five words that are offered as the way to unlock; returns them. */
export async function takes(page: Page, act = 'Deze tablet gebruiken'): Promise<string> {
  const words = await page.locator('.offered').innerText();
  await page.getByLabel('Typ de vijf woorden').fill(words);
  await page.getByRole('button', { name: act }).click();
  return words;
}

/** Opens a one-time link and takes the tablet into use. */
export async function enrol(browser: Browser, link: string): Promise<Page> {
  const page = await browser.open(link);
  browser.words = await takes(page);
  await sent(page);
  await expect(page.getByText('Tafel 1', { exact: true })).toBeVisible(SLOW);
  return page;
}

/** Signs the coordinator in at the desk. */
export async function desk(browser: Browser, demo: Demo): Promise<Page> {
  const page = await browser.open(`${demo.url()}/desk`);
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Wachtwoord').fill(PASSWORD);
  await page.getByRole('button', { name: 'Aanmelden' }).click();
  await expect(page.getByRole('heading', { name: 'Nazicht' })).toBeVisible(SLOW);
  return page;
}

/** What a camera before a QR on somebody's screen sees; returns `file`. */
export async function filmed(page: Page, qr: Locator, file: string): Promise<string> {
  await qr.scrollIntoViewIfNeeded();
  const box = await qr.boundingBox();
  if (!box) throw new Error('there is no QR');
  const size = { width: 640, height: 480 };
  const clip = { x: Math.max(0, box.x + box.width / 2 - 320), y: Math.max(0, box.y + box.height / 2 - 240), ...size };
  const picture = await page.screenshot({ type: 'jpeg', quality: 90, clip });
  writeFileSync(file, Buffer.concat(Array.from({ length: 10 }, () => picture)));
  return file;
}

/** Waits until nothing waits on this device. */
export const sent = (page: Page): Promise<void> => expect(page.getByText('Alles is verstuurd')).toBeVisible(SLOW);

/** Waits until the page is served by the service worker: from here on no network is needed. */
export async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  });
}

/** Goes one of the ways at the bottom of a tablet or at the left of the desk. */
export const go = (page: Page, way: string | RegExp): Promise<void> =>
  page.getByRole('navigation').getByRole('button', { name: way, exact: typeof way === 'string' }).click();

/** Chooses a card in a form: an animal and three digits. */
export async function chooseCard(page: Page, animal: string, number: string): Promise<void> {
  await page.getByRole('button', { name: animal, exact: true }).click();
  await page.getByLabel('Drie cijfers').fill(number);
}

/** Fills a field and leaves it: that is when it is kept. */
export async function write(field: Locator, words: string): Promise<void> {
  await field.fill(words);
  await field.blur();
}

/** Runs in the page: touches a button and types in the text area of the screen in the same moment, before anything is kept. */
export function touchAndType(button: HTMLElement | SVGElement, words: string): void {
  const area = document.querySelector('textarea') as HTMLTextAreaElement;
  area.focus();
  button.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  area.value = words;
  area.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/** A new talk about a theme, with own words. */
export async function newTalk(page: Page, theme: string, words = ''): Promise<void> {
  await go(page, 'Nieuw gesprek');
  await page.getByRole('button', { name: theme, exact: true }).click();
  await expect(page.getByRole('heading', { name: theme })).toBeVisible();
  if (words) await write(page.getByLabel('In eigen woorden'), words);
}

/** From a talk to a table, on a card. */
export async function handOver(page: Page, table: string, animal: string, number: string, tells = false): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Doorverwijzen' }).click();
  await page.getByRole('button', { name: new RegExp(`^${table}\\b`) }).click();
  await chooseCard(page, animal, number);
  if (tells) await page.getByRole('button', { name: 'Ja, vertel het' }).click();
  await page.getByRole('button', { name: 'Samen naar de tafel' }).click();
}

/** The figure on a tile of the square. */
export async function counted(page: Page, what: string): Promise<number> {
  const tile = page.getByRole('region', { name: 'Tellen' }).getByRole('button', { name: new RegExp(what) });
  return Number(await tile.locator('.n').textContent());
}

export const tap = (page: Page, what: string): Promise<void> =>
  page
    .getByRole('region', { name: 'Tellen' })
    .getByRole('button', { name: new RegExp(what) })
    .click();
