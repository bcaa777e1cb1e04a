// Starts the demo in a folder of its own, for scripts that look at the running app.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const EMAIL = 'griet@demo.onthaal.example';
export const PASSWORD = 'koffie op het plein';

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A running demo: its address, the links it printed, and how to end it. */
export async function startDemo() {
  const folder = mkdtempSync(path.join(tmpdir(), 'onthaal-'));
  const port = await freePort();
  const env = {
    ...process.env,
    ONTHAAL_PORT: String(port),
    ONTHAAL_DATABASE_FILE: path.join(folder, 'db.sqlite'),
    ONTHAAL_STATE_DIR: folder,
    ONTHAAL_PUBLIC_URL: `http://localhost:${port}`,
  };
  const server = spawn(path.join(ROOT, '.venv/bin/python'), ['-m', 'server', 'demo', '--serve'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  server.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const url = `http://localhost:${port}`;
  for (let i = 0; i < 300; i++) {
    const up = await fetch(`${url}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const link = (who) => new RegExp(`${who}\\s+(http\\S+)`).exec(printed)?.[1] ?? '';
  const end = async () => {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, generalist: link('generalist'), serviceWorker: link('service worker'), end };
}

/** A worker takes the link and the five words that are offered; gives the words back. */
export async function enrols(page, link) {
  await page.goto(link);
  const words = await page.locator('.offered').innerText();
  await page.getByLabel('Typ de vijf woorden').fill(words);
  await page.getByRole('button', { name: 'Deze tablet gebruiken' }).click();
  await page.getByText('Tafel 1', { exact: true }).waitFor();
  return words;
}

/** How a tablet's browser is started. */
export const TABLET = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  viewport: { width: 800, height: 1280 },
  locale: 'nl-BE',
};

/** Chooses the worker's face on the lock screen and types the words; all that is left is the touch that unlocks. */
export async function comesBack(page, words) {
  await page.getByRole('button', { name: 'vos: ontgrendelen' }).click();
  await page.getByLabel('Je vijf woorden').fill(words);
  await page.waitForTimeout(500); // as long as a hand takes at least
}

/** Unlocks; milliseconds from the touch to a usable home. */
export async function unlocks(page) {
  const began = performance.now();
  await page.getByRole('button', { name: 'Ontgrendelen', exact: true }).click();
  await page.getByText('Tafel 1', { exact: true }).waitFor();
  return performance.now() - began;
}
