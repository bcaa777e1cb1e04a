// Takes the README's pictures from the running app: make pictures
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';
import { EMAIL, enrols, PASSWORD, startDemo } from './demo.mjs';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/pictures');
mkdirSync(FOLDER, { recursive: true });
const demo = await startDemo();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const take = (page, name) => page.screenshot({ path: path.join(FOLDER, `${name}.png`) });

const tablet = await (await browser.newContext({ viewport: { width: 800, height: 1280 }, locale: 'nl-BE' })).newPage();
await enrols(tablet, demo.generalist);
await tablet.getByText('Alles is verstuurd').waitFor();
await tablet.waitForTimeout(1000);
await take(tablet, 'square');
await tablet.context().setOffline(true);
await tablet.getByRole('button', { name: 'Nieuw gesprek' }).click();
await take(tablet, 'new-talk');
await tablet.getByRole('button', { name: 'Energie en water' }).click();
await tablet.getByRole('heading', { name: 'Energie en water' }).waitFor();
await tablet.getByLabel('In eigen woorden').fill('De meter staat op nul en het is acht graden binnen.');
await tablet.getByLabel('In eigen woorden').blur();
await tablet.waitForTimeout(8000);
await take(tablet, 'talk-offline');
await tablet.getByRole('button', { name: 'Doorverwijzen' }).first().click();
await tablet.getByRole('heading', { name: 'Naar welke tafel?' }).waitFor();
await take(tablet, 'hand-over');

const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'nl-BE' })).newPage();
await desk.goto(`${demo.url}/desk`);
await desk.getByLabel('E-mail').fill(EMAIL);
await desk.getByLabel('Wachtwoord').fill(PASSWORD);
await desk.getByRole('button', { name: 'Aanmelden' }).click();
await desk.getByRole('heading', { name: 'Nazicht' }).waitFor();
const events = desk.locator('header select');
await events.selectOption({ index: (await events.locator('option').count()) - 1 });
await desk.waitForTimeout(1500);
await take(desk, 'desk');
await desk
  .getByRole('navigation')
  .getByRole('button', { name: /Twee versies/ })
  .click();
await desk.waitForTimeout(500);
await take(desk, 'two-versions');

await browser.close();
await demo.end();
