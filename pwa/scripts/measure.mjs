// Measures the app in Chromium, for `make bench`: one JSON line a figure, medians of at least five runs.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright';
import { EMAIL, PASSWORD, startDemo } from './demo.mjs';

const RUNS = 5;
const DIST = path.resolve(import.meta.dirname, '../dist');
const say = (what, value, limit, unit) => console.log(JSON.stringify({ what, value, limit, unit }));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const p95 = (values) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1];

// What the first page of a worker loads: the entry and everything it imports, one language, their styles.
function initialBytes() {
  const html = readFileSync(path.join(DIST, 'index.html'), 'utf8');
  const seen = new Set();
  const add = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    if (!name.endsWith('.js')) return;
    const code = readFileSync(path.join(DIST, 'assets', name), 'utf8');
    for (const [, other] of code.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) add(other);
  };
  for (const [, name] of html.matchAll(/assets\/([\w.-]+\.(?:js|css))/g)) add(name);
  for (const name of readdirSync(path.join(DIST, 'assets'))) if (/^nl-.*\.js$/.test(name)) add(name);
  return [...seen].reduce((sum, name) => sum + gzipSync(readFileSync(path.join(DIST, 'assets', name))).length, 0);
}
say('initial JavaScript and CSS, gzip', initialBytes() / 1000, 100, 'kB');

const demo = await startDemo();
const profile = mkdtempSync(path.join(tmpdir(), 'onthaal-measure-'));
const options = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  viewport: { width: 800, height: 1280 },
  locale: 'nl-BE',
};
let context = await chromium.launchPersistentContext(profile, options);
let page = context.pages()[0];
await page.goto(demo.generalist);
await page.getByRole('button', { name: 'Deze tablet gebruiken' }).click();
await page.getByText('Tafel 1', { exact: true }).waitFor();
await page.evaluate(() => navigator.serviceWorker.ready);

// Keeping an edit: from the touch to the moment it is said to be kept, with strict durability.
const kept = [];
for (let i = 0; i < 30; i++) {
  kept.push(
    await page.evaluate(async () => {
      const button = [...document.querySelectorAll('section button')].find((one) => one.textContent.includes('koffie'));
      const n = button.querySelector('.n');
      const before = n.textContent;
      const began = performance.now();
      button.click();
      while (n.textContent === before) await new Promise((resolve) => setTimeout(resolve, 1));
      return performance.now() - began;
    }),
  );
}
say('keeping an edit, p95', p95(kept), 60, 'ms');
await page.waitForTimeout(2000);

// Five thousand records on this device: copies of what is there, written into its own database.
const fill = (device) =>
  device.evaluate(async () => {
    const name = (await indexedDB.databases()).map((one) => one.name).find((one) => /[0-9a-f]{8}-[0-9a-f]{4}/.test(one));
    const db = await new Promise((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    const rows = await new Promise((resolve) => {
      const request = db.transaction('records').objectStore('records').getAll();
      request.onsuccess = () => resolve(request.result);
    });
    const decoder = new TextDecoder();
    const encoder = new TextEncoder();
    const issues = rows
      .map((row) => ({ row, text: decoder.decode(row.sealed) }))
      .filter(({ text }) => text.includes('"kind":"issue"') || text.includes('"kind":"visit"'));
    const write = db.transaction('records', 'readwrite');
    let n = 0;
    for (let i = 0; rows.length + n < 5000; i++) {
      const { row, text } = issues[i % issues.length];
      const id = `${row.id.slice(0, -6)}${String(i).padStart(6, '0')}`;
      write.objectStore('records').put({ ...row, id, sealed: encoder.encode(text.replaceAll(row.id, id)) });
      n++;
    }
    await new Promise((resolve) => {
      write.oncomplete = resolve;
    });
    db.close();
    return rows.length + n;
  });
const added = await fill(page);
await context.close();

const starts = [];
for (let i = 0; i < RUNS; i++) {
  context = await chromium.launchPersistentContext(profile, options);
  await context.setOffline(true);
  page = context.pages()[0];
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const began = performance.now();
  await page.goto(demo.url);
  await page.getByText('Tafel 1', { exact: true }).waitFor();
  starts.push(performance.now() - began);
  await context.close();
}
say(`cold start offline with ${added} records, CPU 4×`, median(starts), 1500, 'ms');

// A keystroke in the desk's search: from the letter to the list that is painted.
const browser = await chromium.launch(options);
const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'nl-BE' })).newPage();
await desk.goto(`${demo.url}/desk`);
await desk.getByLabel('E-mail').fill(EMAIL);
await desk.getByLabel('Wachtwoord').fill(PASSWORD);
await desk.getByRole('button', { name: 'Aanmelden' }).click();
await desk.getByRole('heading', { name: 'Nazicht' }).waitFor();
const events = desk.locator('header select');
await events.selectOption({ index: (await events.locator('option').count()) - 1 });
await desk.waitForTimeout(2000);
const searched = await fill(desk);
await desk.reload();
await desk.getByRole('heading', { name: 'Nazicht' }).waitFor();
await desk.waitForTimeout(2000);
const keystrokes = await desk.locator('input[type=search]').evaluate(async (input) => {
  const took = [];
  for (const text of ['f', 'fa', 'fac', 'fact', 'factu', 'factuu', 'factuur', 'factuu', 'factu', 'fact', 'fac', 'fa']) {
    const began = performance.now();
    input.value = text;
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    // The frame is painted when a message sent in its animation callback arrives.
    await new Promise((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(0);
      }),
    );
    took.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return took;
});
say(`a keystroke in search over ${searched} records`, median(keystrokes), 50, 'ms');
await browser.close();
await demo.end();
rmSync(profile, { recursive: true, force: true });
