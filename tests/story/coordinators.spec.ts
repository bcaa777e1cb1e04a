/** Coordinators come in: a passkey, a password with a code; prove to be there for what is grave; read who did what. */
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Browser } from './support/browser.ts';
import { EMAIL, PASSWORD, pause } from './support/demo.ts';
import { expectDesk, letTimePass, signOut, typeIn, usable } from './support/desks.ts';
import { desk, enrol, expect, installed, test } from './support/story.ts';

const STEP_S = 30;

/** Waits while a period is about to end: the code of the one before would be too old by the time it is sent. */
async function noTurnSoon(): Promise<void> {
  while ((Date.now() / 1000) % STEP_S > STEP_S - 5) await pause(200);
}

/** The code an authenticator app shows (RFC 6238), `later` periods from now. */
function codeOf(secret: string, later = 0): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(' ', '')].map((one) => letters.indexOf(one).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_S) + later));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** A computer whose owner is recognised at once. */
async function giveAuthenticator(browser: Browser): Promise<void> {
  const cdp = await browser.context.newCDPSession(browser.page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

test('a coordinator adds a passkey, signs in with it alone, and proves with it to be there', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  await giveAuthenticator(coordinator);
  await page.getByRole('button', { name: 'Mijn account' }).click();
  await page.getByLabel('Naam', { exact: true }).fill('laptop op kantoor');
  await page.getByRole('button', { name: 'Passkey toevoegen' }).click();
  await expect(page.getByText(/laptop op kantoor · gemaakt/)).toBeVisible();
  await usable(page);
  await signOut(page);
  await usable(page);

  await page.getByRole('button', { name: 'Met een passkey' }).click();
  await expectDesk(page);

  letTimePass(demo);
  await page.getByRole('button', { name: 'Mensen', exact: true }).click();
  await page.getByRole('listitem').filter({ hasText: 'Noor Zilverberk' }).getByRole('button', { name: 'Link voor een tablet' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ben jij het?' });
  await usable(page);
  await dialog.getByRole('button', { name: 'Met een passkey' }).click();
  await expect(page.getByRole('img', { name: 'QR-code van de link' })).toBeVisible();
  await expect(dialog).toHaveCount(0);

  await page.getByRole('button', { name: 'Mijn account' }).click();
  await page.getByRole('button', { name: 'Verwijderen' }).click();
  await page.getByRole('button', { name: 'Ja, verwijder deze passkey' }).click();
  await expect(page.getByText(/laptop op kantoor · gemaakt/)).toHaveCount(0);
  await signOut(page);
  await page.getByRole('button', { name: 'Met een passkey' }).click();
  await expect(page.getByRole('alert')).toHaveText(/niet bekend/);
});

test('the link that `make run` prints opens the desk once, and what is grave still asks for a password', async ({ demo, coordinator, second }) => {
  const page = await coordinator.open(demo.printedLink('coordinator'));
  await usable(page);
  await page.getByRole('button', { name: 'Open het bureau met deze link' }).click();
  await expectDesk(page);
  await page.getByRole('button', { name: 'Mensen', exact: true }).click();
  await page.getByRole('listitem').filter({ hasText: 'Noor Zilverberk' }).getByRole('button', { name: 'Link voor een tablet' }).click();
  await page.getByRole('dialog', { name: 'Ben jij het?' }).getByLabel('Wachtwoord').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('img', { name: 'QR-code van de link' })).toBeVisible();

  const elsewhere = await second.open(demo.printedLink('coordinator'));
  await elsewhere.getByRole('button', { name: 'Open het bureau met deze link' }).click();
  await expect(elsewhere.getByRole('alert')).toHaveText(/al gebruikt/);
  await typeIn(elsewhere, EMAIL, PASSWORD);
  await expectDesk(elsewhere);
});

test('codes are set up once, asked for at the next sign-in, and a recovery code opens the desk once', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  await page.getByRole('button', { name: 'Mijn account' }).click();
  await page.getByRole('button', { name: 'Codes instellen' }).click();
  await expect(page.getByRole('img', { name: 'QR-code voor de authenticator-app' })).toBeVisible();
  await usable(page);
  const secret = await page.getByText('Geheim:').locator('code').innerText();
  await page.getByLabel('Eerste code').fill('000000');
  await page.getByRole('button', { name: 'Deze codes zijn van mij' }).click();
  await expect(page.getByText(/Deze code klopt niet/)).toBeVisible();
  await noTurnSoon();
  await page.getByLabel('Eerste code').fill(codeOf(secret, -1));
  await page.getByRole('button', { name: 'Deze codes zijn van mij' }).click();
  const codes = page.getByRole('region', { name: 'Herstelcodes' }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  await usable(page);
  const [recovery = ''] = await codes.allInnerTexts();
  await page.getByRole('button', { name: 'Ik heb ze bewaard' }).click();
  await expect(page.getByText('Er zijn nog 10 herstelcodes.')).toBeVisible();
  await expect(page.getByText(recovery)).toHaveCount(0);

  await signOut(page);
  await typeIn(page, EMAIL, PASSWORD);
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await usable(page);
  await page.getByRole('button', { name: 'Aanmelden' }).click();
  await expectDesk(page);

  letTimePass(demo);
  await page.getByRole('button', { name: 'Mensen', exact: true }).click();
  await page.getByRole('listitem').filter({ hasText: 'Noor Zilverberk' }).getByRole('button', { name: 'Link voor een tablet' }).click();
  await page.getByRole('dialog').getByLabel('Code').fill(codeOf(secret, 1));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('img', { name: 'QR-code van de link' })).toBeVisible();

  await signOut(page);
  await typeIn(page, EMAIL, PASSWORD);
  await page.getByLabel('Code', { exact: true }).fill(recovery);
  await page.getByRole('button', { name: 'Aanmelden' }).click();
  await expectDesk(page);
  await page.getByRole('button', { name: 'Mijn account' }).click();
  await expect(page.getByText('Er zijn nog 9 herstelcodes.')).toBeVisible();
});

test('whoever has a short password sets codes up before seeing anything, and only then comes in', async ({ demo, coordinator, second }) => {
  const page = await desk(coordinator, demo);
  await page.getByRole('button', { name: 'Mensen', exact: true }).click();
  await page.getByLabel('Naam', { exact: true }).fill('Lea Vermeiren');
  await page.getByRole('button', { name: 'coördinator', exact: true }).click();
  await page.getByLabel('E-mail om aan te melden').fill('lea@demo.onthaal.example');
  await page.getByLabel(/Eerste wachtwoord/).fill('paard9batterij');
  await page.getByRole('button', { name: 'Iemand toevoegen' }).last().click();
  await expect(page.getByText('Lea Vermeiren doet mee')).toBeVisible();

  const other = await second.open(`${demo.url()}/desk`);
  await typeIn(other, 'lea@demo.onthaal.example', 'paard9batterij');
  await expect(other.getByText(/Je wachtwoord is kort/)).toBeVisible();
  const secret = await other.getByText('Geheim:').locator('code').innerText();
  await usable(other);
  await other.getByLabel('Eerste code').fill(codeOf(secret));
  await other.getByRole('button', { name: 'Deze codes zijn van mij' }).click();
  await other.getByRole('button', { name: 'Ik heb ze bewaard' }).click();
  await expectDesk(other);
});

test('a session that ended is taken up again by the same person, and what waits is sent', async ({ demo, coordinator, second }) => {
  const page = await desk(coordinator, demo);
  const elsewhere = await desk(second, demo);
  await elsewhere.getByRole('button', { name: 'Mijn account' }).click();
  await expect(elsewhere.getByText('hier en nu')).toHaveCount(1);
  await elsewhere.getByRole('button', { name: 'Beëindigen' }).first().click();
  await expect(elsewhere.getByText('Die sessie is beëindigd')).toBeVisible();

  await page.getByRole('button', { name: 'Actie', exact: true }).click();
  await page.getByLabel('Of een nieuwe dienst').fill('Juristen aan tafel');
  await page.getByRole('button', { name: 'Tafel toevoegen' }).click();
  await page.getByRole('button', { name: /meld je opnieuw aan/i }).click({ timeout: 30_000 });
  await typeIn(page, EMAIL, PASSWORD);
  await expectDesk(page);
  await expect(page.getByText('Alles is verstuurd')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Actie', exact: true }).click();
  await expect(page.getByText('Juristen aan tafel').first()).toBeVisible();
});

test('coordinators read the audit trail with the keyboard alone, and check that nobody changed it', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  await demo.deskLinkFor('Noor Zilverberk');
  await page.getByRole('button', { name: 'Logboek', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row', { name: /Griet.*maakte een link voor een tablet.*Noor Zilverberk/ })).toBeVisible();
  await usable(page);
  await page.getByLabel('Wat', { exact: true }).focus();
  await page.keyboard.type('meldde zich aan');
  await expect(page.getByRole('row', { name: /maakte een link/ })).toHaveCount(0);
  await expect(page.getByRole('row', { name: /meldde zich aan \(wachtwoord\).*Griet Oosterlinden · Chrome/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Logboek controleren' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/regels, alle zoals ze geschreven zijn/)).toBeVisible();

  const database = new DatabaseSync(path.join(demo.folder, 'onthaal.sqlite'));
  database.exec("PRAGMA busy_timeout = 5000; UPDATE audit SET member = 'somebody else' WHERE number = 2");
  database.close();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Regel 2 is niet wat er geschreven werd.')).toBeVisible();
});

test('a desk at another address than the passkeys falls back to the password', async ({ demo, coordinator }) => {
  const page = await coordinator.open(`${demo.url('127.0.0.1')}/desk`);
  await expect(page.getByLabel('Wachtwoord')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Met een passkey' })).toHaveCount(0);
  await typeIn(page, EMAIL, PASSWORD);
  await expectDesk(page);
  await page.getByRole('button', { name: 'Mijn account' }).click();
  await expect(page.getByText('Passkeys werken alleen op localhost.')).toBeVisible();
});

test('T34 the policy of the pages stops nothing of ours, and every script that is not', async ({ demo, tablet, coordinator }) => {
  const worker = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  await installed(worker);
  for (const way of ['Nieuw gesprek', 'Doorverwijzen', 'Afspraken']) await worker.getByRole('navigation').getByRole('button', { name: way }).click();
  await worker.getByRole('button', { name: 'Instellingen' }).click();
  await worker.getByRole('button', { name: 'Français' }).click();
  await expect(worker.getByRole('heading', { name: 'Réglages' })).toBeVisible();
  const page = await desk(coordinator, demo);
  for (const way of ['Twee versies', 'Opzij gelegd', 'Actie', 'Kaarten', 'Mensen', 'Herinneringen', 'Logboek', 'Mijn account', 'Nazicht']) {
    await page.getByRole('navigation').getByRole('button', { name: way }).click();
    await page.waitForTimeout(200);
  }
  expect([...tablet.stopped, ...coordinator.stopped]).toEqual([]); // as after every other story (support/story.ts)

  const refused = await page.evaluate(async () => {
    const tried: Record<string, () => unknown> = {
      'a string as markup': () => Object.assign(document.createElement('p'), { innerHTML: '<b>x</b>' }),
      'another policy': () => window.trustedTypes?.createPolicy('default', {}),
      'a string as a worker': () => navigator.serviceWorker.register('/sw.js'),
      'a style from elsewhere': () => {
        document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { display: none }' }));
        if (getComputedStyle(document.body).display !== 'none') throw new Error('it did nothing');
      },
    };
    const names: string[] = [];
    for (const [name, act] of Object.entries(tried)) {
      try {
        await act();
      } catch {
        names.push(name);
      }
    }
    return names;
  });
  expect(refused).toEqual(['a string as markup', 'another policy', 'a string as a worker', 'a style from elsewhere']);
  coordinator.stopped.length = 0; // that was on purpose
});
