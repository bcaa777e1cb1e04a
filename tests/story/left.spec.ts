/** Desks that are left: alone, behind the shield, to another coordinator in the same browser. */
import type { Locator, Page } from '@playwright/test';
import { EMAIL, PASSWORD } from './support/demo.ts';
import { expectDesk, signOut, typeIn, usable } from './support/desks.ts';
import { promises } from './support/promising.ts';
import { desk, expect, GENERALIST, go, installed, test, write } from './support/story.ts';

test('a desk that nobody touches for half an hour is empty, and asks again who is there', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  await expect(page.locator('[data-case]').first()).toBeVisible();
  await page.clock.install();
  await page.clock.runFor(20 * 60_000);
  await page.keyboard.press('Shift');
  await page.clock.runFor(20 * 60_000);
  await expect(page.locator('[data-case]').first()).toBeVisible();
  await page.clock.runFor(11 * 60_000);

  await expect(page.getByLabel('E-mail')).toBeVisible();
  await expect(page.locator('[data-case]')).toHaveCount(0);
  const kept = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(kept.filter((name) => name !== 'onthaal')).toEqual([]); // that one says whose device it is: now nobody's
});

/** The field of a question about the first case. */
async function question(page: Page): Promise<Locator> {
  await page.locator('[data-case]').first().click();
  await page.getByText('Iets vragen, of thema en niveau wijzigen').first().click();
  return page.getByLabel(/^Een vraag aan/).first();
}

test('a desk that is left alone in the middle of a sentence asks who is there, and gives the sentence back', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  await page.clock.install();
  await (await question(page)).fill('Welke brief kwam er');
  await page.clock.runFor(1_000); // what scrolled the page to that field is over
  await page.clock.runFor(31 * 60_000);

  await expect(page.getByLabel('E-mail')).toBeVisible();
  await page.goto(`${demo.url()}/desk`);
  await expect(page.getByLabel('E-mail')).toBeVisible();
  await typeIn(page, EMAIL, PASSWORD);
  await expectDesk(page);
  await expect(await question(page)).toHaveValue('Welke brief kwam er');
});

test('two coordinators in one browser: the shield asks who is there, and what the first one wrote is shown to, and sent by, nobody else', async ({
  demo,
  coordinator,
}) => {
  const [email, password] = ['lea@demo.onthaal.example', 'een lang wachtwoord voor Lea'];
  await demo.asCoordinator('POST', '/api/members', { display_name: 'Lea Vermeiren', role: 'coordinator', email, password });
  const page = await desk(coordinator, demo);
  await installed(page);
  await coordinator.offline(true);
  await page.getByRole('button', { name: 'Actie', exact: true }).click();
  await page.getByLabel('Of een nieuwe dienst').fill('Juristen aan tafel');
  await page.getByRole('button', { name: 'Tafel toevoegen' }).click();
  await expect(page.getByText(/wijzigingen wachten/)).toBeVisible();
  await page.getByRole('button', { name: 'Nazicht' }).click();
  await (await question(page)).fill('Half geschreven');
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();

  await expect(page.locator('[data-case]')).toHaveCount(0);
  // The page that was open is gone: back on the network it might send what is its own coordinator's, as it should.
  await expect(page.getByRole('heading', { name: 'Dit bureau opent met een netwerk' })).toBeVisible();
  await coordinator.offline(false);
  await expect(page.getByLabel('E-mail')).toBeVisible({ timeout: 30_000 });
  await page.reload(); // no way around it
  await expect(page.getByText(/wacht nog iets dat niet verstuurd is/)).toBeVisible();
  await typeIn(page, email, password);
  await expectDesk(page);
  await expect(page.getByText('Alles is verstuurd')).toBeVisible();
  await page.getByRole('button', { name: /wijzigingen van iemand anders/ }).click();
  await expect(page.getByText('Een andere coördinator schreef hier iets dat nog niet verstuurd is.', { exact: false })).toBeVisible();
  await usable(page);
  await page.getByRole('button', { name: 'Actie', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Tafel toevoegen' })).toBeVisible();
  await expect(page.getByText('Juristen aan tafel')).toHaveCount(0);
  await signOut(page); // clears what is Lea's alone

  await typeIn(page, EMAIL, PASSWORD);
  await expect(page.getByText('Alles is verstuurd')).toBeVisible({ timeout: 30_000 });
  await expect(page).toHaveURL(/case/); // where it was
  await page.getByRole('navigation').getByRole('button', { name: 'Nazicht' }).click();
  await expect(await question(page)).toHaveValue('Half geschreven');
  await page.getByRole('button', { name: 'Actie', exact: true }).click();
  await expect(page.getByText('Juristen aan tafel').first()).toBeVisible();

  // Two windows, one cookie: the one of the first coordinator brings nothing under the name of the second.
  const elsewhere = await coordinator.context.newPage();
  await elsewhere.goto(`${demo.url()}/desk`);
  await elsewhere.evaluate(async ([mail, secret]) => {
    const headers = { 'content-type': 'application/json' };
    await fetch('/api/sign-in', { method: 'POST', headers, body: JSON.stringify({ email: mail, password: secret, code: '' }) });
  }, [email, password]);
  await page.getByLabel('Of een nieuwe dienst').fill('Notarissen aan tafel');
  await page.getByRole('button', { name: 'Tafel toevoegen' }).click();
  await page.getByRole('button', { name: /meld je opnieuw aan/i }).click({ timeout: 30_000 });
  await typeIn(page, EMAIL, PASSWORD);
  await expect(page.getByText('Alles is verstuurd')).toBeVisible({ timeout: 30_000 });
});

test('what is half typed in the forms of an action and of people comes back after the shield, each in its own form, and no password', async ({
  demo,
  coordinator,
}) => {
  const page = await desk(coordinator, demo);
  const person = page.getByRole('listitem').filter({ hasText: GENERALIST });
  const adding = page.locator('form').filter({ has: page.getByRole('heading', { name: 'Iemand toevoegen' }) });
  await go(page, 'Actie');
  await page.getByLabel('Of een nieuwe dienst').pressSequentially('Juristen aan ta');
  await page.getByRole('group', { name: 'Talen van de dienst' }).getByRole('button', { name: 'Turks' }).click();
  await page.getByLabel('Naam op de tafel').pressSequentially('Onder de lin');
  const opens = await page.getByLabel('Opent om').inputValue(); // moves with the hour of the demo, after midnight to the day before
  await write(page.getByLabel('Sluit om'), opens); // closed before anybody came: it cannot be kept like that
  await expect(page.getByText(/sluit voor/i).first()).toBeVisible();
  await page.getByRole('button', { name: 'Nieuwe actie' }).click();
  await page.getByLabel('Naam van de actie').pressSequentially('Plein in de win');
  await page.getByLabel('Sluit om').fill('21:45');
  await go(page, 'Mensen');
  await adding.getByLabel('Naam', { exact: true }).pressSequentially('Lea Verm');
  await adding.getByRole('button', { name: 'coördinator', exact: true }).click();
  await adding.getByLabel('E-mail om aan te melden').pressSequentially('lea@');
  await adding.getByLabel(/Eerste wachtwoord/).pressSequentially('nog geen wachtw');
  await page.getByLabel('Wie aanvaardde dit, wanneer en waarom?').pressSequentially('Raad van best');
  await person.getByRole('button', { name: 'Wijzigen' }).click();
  await person.getByLabel('Naam', { exact: true }).pressSequentially('-Peet');
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();

  await typeIn(page, EMAIL, PASSWORD);
  await expect(person.getByLabel('Naam', { exact: true })).toHaveValue(`${GENERALIST}-Peet`, { timeout: 30_000 });
  await expect(adding.getByLabel('Naam', { exact: true })).toHaveValue('Lea Verm');
  await expect(adding.getByRole('button', { name: 'coördinator', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect(adding.getByLabel('E-mail om aan te melden')).toHaveValue('lea@');
  await expect(adding.getByLabel(/Eerste wachtwoord/)).toHaveValue('');
  await expect(page.getByLabel('Wie aanvaardde dit, wanneer en waarom?')).toHaveValue('Raad van best');
  await person.getByRole('button', { name: 'Toch niet' }).click();
  await person.getByRole('button', { name: 'Wijzigen' }).click();
  await expect(person.getByLabel('Naam', { exact: true })).toHaveValue(GENERALIST);
  await go(page, 'Actie');
  await expect(page.getByLabel('Of een nieuwe dienst')).toHaveValue('Juristen aan ta');
  await expect(page.getByRole('button', { name: 'Turks' }).first()).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByLabel('Naam op de tafel')).toHaveValue('Onder de lin');
  await expect(page.getByLabel('Sluit om')).toHaveValue(opens);
  await expect(page.getByText(/sluit voor/i).first()).toBeVisible();
  await page.getByRole('button', { name: 'Tafel toevoegen' }).click();
  await expect(page.getByText('Onder de lin staat er')).toBeVisible();
  await expect(page.getByLabel('Of een nieuwe dienst')).toHaveValue('');
  await page.getByRole('button', { name: 'Nieuwe actie' }).click();
  await expect(page.getByLabel('Naam van de actie')).toHaveValue('Plein in de win');
  await expect(page.getByLabel('Sluit om')).toHaveValue('21:45');
});

test('why somebody is called, and a word of an action that was not at its end, are there again after the shield and after a reload', async ({
  demo,
  coordinator,
}) => {
  await promises(demo, GENERALIST, { afterMs: 3_600_000, promised: 'Bellen', place: '', telephone: '0400 00 00 11' });
  const page = await desk(coordinator, demo);
  const why = page.getByLabel('Waarvoor heb je het nodig?');
  await page.getByRole('button', { name: /vos 794/ }).click();
  await why.pressSequentially('De leverancier bel');
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await typeIn(page, EMAIL, PASSWORD);

  await expect(why).toHaveValue('De leverancier bel', { timeout: 30_000 });
  await why.press('End');
  await why.pressSequentially('de terug');
  await page.getByRole('button', { name: 'Toon het contact' }).click();
  await expect(page.getByText('0400 00 00 11', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Weer verbergen' }).click();
  await expect(why).toHaveValue('De leverancier belde terug');
  await expect.poll(() => coordinator.sealedRows('drafts')).toEqual([]);

  const words = ['Gemeente', 'Buurt', 'Op vraag van', 'Waarom deze actie?', 'Vraag van de dag'] as const;
  await go(page, 'Actie');
  for (const name of words) await page.getByLabel(name, { exact: true }).fill(`${name} van h`);
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await typeIn(page, EMAIL, PASSWORD);
  for (const name of words) await expect(page.getByLabel(name, { exact: true })).toHaveValue(`${name} van h`, { timeout: 30_000 });

  await go(page, 'Mijn account');
  await page.getByLabel('Naam', { exact: true }).pressSequentially('Sleutel van kant');
  await go(page, 'Kaarten');
  await page.getByLabel('Hoeveel?').fill('120');
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await typeIn(page, EMAIL, PASSWORD);
  await expect(page.getByLabel('Hoeveel?')).toHaveValue('120', { timeout: 30_000 });
  await page.getByLabel('Hoeveel?').fill('50');
  await go(page, 'Mijn account');
  await expect(page.getByLabel('Naam', { exact: true })).toHaveValue('Sleutel van kant');
  await page.getByLabel('Naam', { exact: true }).fill('');

  await expect.poll(() => coordinator.sealedRows('drafts')).toEqual([]); // or what is waited for below is one of these
  await go(page, 'Actie');
  // The page is gone before any field was left: what was typed was meant.
  for (const name of [...words, 'Naam van de actie', 'Plaats']) {
    await page.getByLabel(name, { exact: true }).press('End');
    await page.getByLabel(name, { exact: true }).pressSequentially('aar');
    await expect.poll(() => coordinator.sealedRows('drafts')).toHaveLength(1);
    await page.reload();
    await expect(page.getByLabel(name, { exact: true })).toHaveValue(/[^ ]aar$/, { timeout: 30_000 });
    await expect.poll(() => coordinator.sealedRows('drafts')).toEqual([]);
  }
});

test('a desk whose server answers oddly says so in words, and opens as soon as it answers well', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  const key = '**/api/desk/key';
  const title = page.getByRole('heading', { name: 'De server antwoordt, maar niet zoals het moet' });
  await page.route(key, (route) => route.fulfill({ json: { page: 'van het netwerk in de zaal' } }));
  await page.reload();
  await expect(title).toBeVisible();
  await usable(page);
  await page.unroute(key);
  await expectDesk(page); // nobody touched anything

  await page.route(key, (route) => route.fulfill({ status: 500, json: { code: 'internal' } }));
  await page.reload();
  await expect(title).toBeVisible();
  await page.unroute(key);
  await page.getByRole('button', { name: 'Nu opnieuw proberen' }).click();
  await expectDesk(page);
});
