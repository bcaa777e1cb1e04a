// Measures sealing an edit, and what unlocks a vault at the least cost, in Chromium, for `make bench`: one JSON line a figure.
import path from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';

const [RUNS, A_SESSION] = [300, 50]; // a session lasts a day, in which a tablet writes about so much; the first edit of it opens it
const say = (what, value, limit, unit) => console.log(JSON.stringify({ what, value, limit, unit }));

async function built(file) {
  const lib = { entry: path.resolve(import.meta.dirname, '../src/device', file), formats: ['es'], fileName: 'built' };
  const rollupOptions = { output: { codeSplitting: false } };
  const { output } = [await build({ configFile: false, logLevel: 'error', build: { lib, write: false, rollupOptions } })].flat()[0];
  return output.find((one) => one.type === 'chunk' && one.isEntry).code;
}
const scripts = { seal: await built('seal.ts'), argon: await built('vault/argon.ts') };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage();
// WebCrypto works on localhost alone; nothing listens there, the page is made here.
await page.route('**/*', (route) =>
  route.request().url().endsWith('.js')
    ? route.fulfill({ contentType: 'text/javascript', body: scripts[path.basename(route.request().url(), '.js')] })
    : route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
);
await page.goto('http://localhost:9/');
const cdp = await page.context().newCDPSession(page);

async function times(rate) {
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  return page.evaluate(
    async ([runs, aSession]) => {
      const { openSession, sealEdit, sessionOf } = await import('/seal.js');
      const transport = { id: 'Zk3fQ9a_-0x', public: 'CSkLm0ZMt6K6vqDoJyuZfJvzE3oxRZyyrNNRxa2uCjU' };
      const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
      const set = { theme: 'ENE', own_words: 'la facture est trop haute '.repeat(7) };
      const edit = { a: 'Qm3sXw1pT0k', n: 1, h: '01a2027f2ef90003', kind: 'issue', id: 'issue-1', event: 'event-1', set, over: {}, u: 0 };
      const took = [];
      let session;
      for (let n = 1; n <= runs; n++) {
        const began = performance.now();
        if (n % aSession === 1) session = await sessionOf(await openSession({ transport, member: 'm-amina', signing: privateKey }));
        await sealEdit({ ...edit, n }, session);
        took.push(performance.now() - began);
      }
      return took.slice(runs / 10).sort((a, b) => a - b);
    },
    [RUNS, A_SESSION],
  );
}

// Keeping an edit may take 80 ms, p95: sealing at most half of it, also on a slow tablet.
for (const rate of [1, 4]) {
  const took = await times(rate);
  const where = rate === 1 ? '' : `, at ${rate}× throttle`;
  say(`sealing an edit${where}, p50`, took[Math.floor(took.length * 0.5)], 20, 'ms');
  say(`sealing an edit${where}, p95`, took[Math.floor(took.length * 0.95)], 40, 'ms');
}

// What an unlock costs at least, in the page itself: Chromium slows no Worker.
const stretched = await page.evaluate(async () => {
  const { FLOOR, stretch } = await import('/argon.js');
  const took = [];
  for (let n = 0; n < 5; n++) {
    const began = performance.now();
    await stretch('appel boter citroen druif ei', new Uint8Array(32), FLOOR);
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b)[2];
});
say('stretching a secret at the least cost (19 MiB, 2 passes), CPU 4×', stretched, 1100, 'ms');
await browser.close();
