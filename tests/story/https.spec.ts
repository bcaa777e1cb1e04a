/** As it is deployed: HTTPS by the Caddyfile of deploy/, the server in production behind it. */
import type { IncomingMessage } from 'node:http';
import { EMAIL, PASSWORD } from './support/demo.ts';
import { Proxy } from './support/proxy.ts';
import { test as base, counted, enrol, expect, go, handOver, installed, newTalk, sent, tap } from './support/story.ts';

const test = base.extend<{ front: Proxy }>({
  front: async ({ demo, tablet, second }, use) => {
    await demo.stop();
    const proxy = await Proxy.before(demo);
    await demo.start();
    tablet.trusts = second.trusts = proxy.trusted;
    await use(proxy);
    await proxy.close();
  },
});

async function text(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

const JSON_BODY = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };

/** The coordinator signs in; returns the cookie as it was set. */
async function signsIn(front: Proxy): Promise<string> {
  const body = JSON.stringify({ email: EMAIL, password: PASSWORD });
  const answer = await front.asks('/api/sign-in', { method: 'POST', headers: JSON_BODY, body });
  await text(answer);
  return answer.headers['set-cookie']?.[0] ?? '';
}

test('behind the proxy a tablet installs, works while the server is away, and a hand-over arrives live at the table', async ({
  demo,
  front,
  tablet,
  second,
}) => {
  const page = await enrol(tablet, front.by(demo.printedLink('generalist')));
  await installed(page);
  const table = await enrol(second, front.by(demo.printedLink('service worker')));
  const before = await counted(page, 'koffie');
  await demo.stop();
  await tap(page, 'koffie');
  await expect(page.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await tablet.close();
  const again = await tablet.open(front.url); // by the service worker: behind the proxy nobody answers
  expect(await counted(again, 'koffie')).toBe(before + 1);
  await demo.start();
  await sent(again);

  await newTalk(again, 'Wonen');
  await handOver(again, 'Tafel 3', 'haas', '566');
  await sent(again);
  await go(table, 'Plein');
  await expect(table.getByRole('heading', { name: 'Onderweg naar je tafel' })).toBeVisible();
});

test('the proxy leads from HTTP to HTTPS, and passes the server\'s own headers, cookies and refusals on', async ({ front }) => {
  expect(await front.sentFromHttp('/desk')).toBe('https://localhost/desk');
  const page = await front.asks('/');
  expect(page.headers['strict-transport-security']).toContain('max-age=63072000');
  expect(page.headers['content-security-policy']).toContain(`worker-src ${front.url}/sw.js`);
  await text(page);

  const cookie = await signsIn(front);
  expect(cookie).toMatch(/^__Host-.*; Secure/i);
  const headers = { ...JSON_BODY, cookie };
  for (const [length, status, code] of [[2 ** 20, 400, 'bad_request'], [2 ** 20 + 1, 413, 'too_large']] as const) {
    const answer = await front.asks('/api/sync', { method: 'POST', headers, body: ' '.repeat(length) });
    expect([answer.statusCode, JSON.parse(await text(answer)).code]).toEqual([status, code]);
  }
  expect((await front.asks('/api/schema/openapi.json')).statusCode).toBe(404);
});

test('whoever guesses passwords is counted by where they call from, whatever they say of it', async ({ front }) => {
  const answers: (number | undefined)[] = [];
  for (let n = 0; n < 21; n += 1) {
    const body = JSON.stringify({ email: `${n}@example.org`, password: 'not this one' });
    const headers = { ...JSON_BODY, 'x-forwarded-for': `203.0.113.${n}`, 'x-real-ip': `203.0.113.${n}` };
    const answer = await front.asks('/api/sign-in', { method: 'POST', headers, body });
    answers.push(answer.statusCode);
    await text(answer);
  }
  expect(answers).toEqual([...Array<number>(20).fill(401), 429]);
});

test('what the proxy logs holds no path and nobody\'s address, when the server is away neither', async ({ demo, front }) => {
  await text(await front.asks('/api/calendar/a-secret-path.ics'));
  const poke = await front.asks('/api/poke', { headers: { cookie: await signsIn(front), 'sec-fetch-site': 'same-origin' } });
  expect(await new Promise((first) => poke.once('data', (part: Buffer) => first(part.toString())))).toContain(': listening');
  await demo.stop();
  await text(poke).catch(() => undefined);
  const away = await front.asks('/api/calendar/a-secret-path.ics', { headers: { authorization: 'Bearer a-secret-token' } });
  expect(away.statusCode).toBe(502);
  expect(await text(away)).toBe('');
  expect(front.said()).toContain('serving initial configuration');
  expect(front.said()).not.toMatch(/secret|"remote_ip"|\/api/);
});
