/** The road of a hand-over: one tablet, another tablet, the desk. */
import { chooseCard, desk, enrol, expect, test } from './support.ts';

test('a hand-over arrives live at the table, is taken, ends, and the first tablet sees it', async ({ demo, tablet, second }) => {
  const generalist = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  const table = await enrol(second, await demo.linkFor('Wout Hazelaarts', '127.0.0.1'));
  await table.getByRole('button', { name: 'Ontvangen' }).click();

  await generalist.getByRole('button', { name: 'Nieuw gesprek' }).click();
  await generalist.getByRole('button', { name: 'Wonen', exact: true }).click();
  await generalist.getByLabel('In eigen woorden').fill('De muur is nat tot aan het plafond.');
  await generalist.getByLabel('In eigen woorden').blur();
  await generalist.getByRole('button', { name: 'Doorverwijzen' }).first().click();
  await generalist.getByRole('button', { name: /Tafel 3/ }).click();
  await chooseCard(generalist, 'haas', '059');
  await generalist.getByRole('button', { name: 'Ja, vertel het' }).click();
  await generalist.getByRole('button', { name: 'Samen naar de tafel' }).click();

  await table.getByRole('button', { name: /haas 059/ }).click({ timeout: 30_000 });
  await expect(table.getByText('De muur is nat tot aan het plafond.')).toBeVisible();
  await table.getByRole('button', { name: 'Neem deze kaart aan' }).click();
  await expect(generalist.getByRole('button', { name: /059.*aan de tafel/ })).toBeVisible({ timeout: 30_000 });
  await table.getByRole('button', { name: 'Opgelost' }).click();
  await expect(generalist.getByRole('button', { name: /059/ })).toHaveCount(0, { timeout: 30_000 });
});

test('two tablets that edit the same field offline lose nothing: the desk shows both and settles', async ({ demo, tablet, second, coordinator }) => {
  const one = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  const two = await enrol(second, await demo.linkFor('Wout Hazelaarts', '127.0.0.1'));
  await one.getByRole('button', { name: 'Nieuw gesprek' }).click();
  await one.getByRole('button', { name: 'Wonen', exact: true }).click();
  await one.getByRole('button', { name: 'Doorverwijzen' }).first().click();
  await one.getByRole('button', { name: /Tafel 3/ }).click();
  await chooseCard(one, 'zwaan', '794');
  await one.getByRole('button', { name: 'Samen naar de tafel' }).click();
  await two.getByRole('button', { name: 'Ontvangen' }).click();
  await two.getByRole('button', { name: /zwaan 794/ }).click({ timeout: 30_000 });

  await tablet.context.setOffline(true);
  await second.context.setOffline(true);
  await one.getByRole('button', { name: /794/ }).click();
  await one.getByRole('button', { name: 'De persoon trekt dit terug' }).click();
  await one.getByRole('button', { name: /Ja, terugtrekken/ }).click();
  await two.getByRole('button', { name: 'Neem deze kaart aan' }).click();
  await expect(two.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await tablet.context.setOffline(false);
  await second.context.setOffline(false);
  await expect(one.getByText('Alles is verstuurd')).toBeVisible({ timeout: 30_000 });
  await expect(two.getByText('Alles is verstuurd')).toBeVisible({ timeout: 30_000 });

  const page = await desk(coordinator, demo);
  await page.getByRole('button', { name: /Twee versies/ }).first().click();
  const conflict = page.getByRole('region', { name: 'Doorverwijzing hoe het staat' });
  await expect(conflict.getByText('teruggetrokken door de persoon')).toBeVisible();
  await expect(conflict.getByText('aan de tafel')).toBeVisible();
  await conflict.getByRole('button', { name: 'Houd deze' }).last().click();
  await expect(conflict).toHaveCount(0);
  await expect(page.getByText('Alles is verstuurd')).toBeVisible({ timeout: 30_000 });
});

test('a coordinator reads a whole thread, marks it reviewed, asks, and gets the answer', async ({ demo, tablet, coordinator }) => {
  const worker = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  const page = await desk(coordinator, demo);
  await worker.getByRole('button', { name: 'Nieuw gesprek' }).click();
  await worker.getByRole('button', { name: 'Werk en werkloosheid' }).click();
  await worker.getByLabel('In eigen woorden').fill('Ze zeggen dat mijn dossier zoek is.');
  await worker.getByLabel('In eigen woorden').blur();

  await page.getByLabel('Zoek woorden of kaart').fill('dossier zoek');
  await page.getByRole('button', { name: /Gesprek.*Werk en werkloosheid/ }).click({ timeout: 30_000 });
  await expect(page.getByText('Ze zeggen dat mijn dossier zoek is.')).toBeVisible();
  await expect(page.getByText(/Noor Zilverberk/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Nagekeken' }).click();
  await page.getByText('Iets vragen, of thema en niveau wijzigen').click();
  await page.getByLabel(/Een vraag aan Noor/).fill('Bij welk loket was dat?');
  await page.getByRole('button', { name: 'Vraag', exact: true }).click();

  await worker.getByRole('button', { name: 'Plein' }).click();
  await expect(worker.getByText('Bij welk loket was dat?')).toBeVisible({ timeout: 30_000 });
  await worker.getByLabel('Je antwoord').fill('Aan de Emile Bockstaellaan.');
  await worker.getByRole('button', { name: 'Antwoord', exact: true }).click();
  await expect(page.getByText('Aan de Emile Bockstaellaan.')).toBeVisible({ timeout: 30_000 });

  const issue = page.getByRole('article').filter({ hasText: 'Ze zeggen dat mijn dossier zoek is.' });
  await issue.getByText('Vroegere waarden').click();
  await expect(issue.getByText('eigen woorden:')).toBeVisible();
});

test('a coordinator makes an event, invites a worker and prints its cards', async ({ demo, tablet, coordinator }) => {
  const page = await desk(coordinator, demo);
  await page.getByRole('button', { name: 'Actie', exact: true }).click();
  await page.getByRole('button', { name: 'Nieuwe actie' }).click();
  await page.getByLabel('Naam van de actie').fill('Plein in de winter');
  await page.getByLabel('Plaats', { exact: true }).fill('Sint-Katelijneplein');
  await page.getByRole('button', { name: 'Nieuwe actie' }).click();
  await expect(page.getByRole('heading', { name: 'Plein in de winter' })).toBeVisible();
  await page.getByRole('button', { name: /Noor Zilverberk/ }).click();
  await page.getByLabel('Of een nieuwe dienst').fill('Juristen aan tafel');
  await page.getByRole('button', { name: 'Tafel toevoegen' }).click();
  await page.getByRole('button', { name: 'Open de actie' }).click();
  await page.getByRole('button', { name: 'Ja: nu open' }).click();

  await page.getByRole('button', { name: 'Kaarten', exact: true }).click();
  await page.getByLabel('Hoeveel?').fill('12');
  await page.getByRole('button', { name: 'Maak nieuwe kaarten' }).click();
  await expect(page.getByRole('button', { name: 'Druk 12 kaarten' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('img', { name: /Code van/ })).toHaveCount(12);
  const paper = await page.pdf({ preferCSSPageSize: true });
  expect(paper.byteLength).toBeGreaterThan(20_000);

  await page.getByRole('button', { name: 'Mensen', exact: true }).click();
  await page.getByRole('listitem').filter({ hasText: 'Noor Zilverberk' }).getByRole('button', { name: 'Link voor een tablet' }).click();
  await expect(page.getByRole('img', { name: 'QR-code van de link' })).toBeVisible();
  const link = await page.getByRole('link', { name: /#enrol=/ }).getAttribute('href');

  const worker = await tablet.open(link ?? '');
  await worker.getByRole('button', { name: 'Deze tablet gebruiken' }).click();
  await worker.getByLabel('Actie').selectOption({ label: await worker.getByRole('option', { name: /Sint-Katelijneplein/ }).innerText() });
  await expect(worker.getByText('Juristen aan tafel')).toBeVisible();
});

test('a link works once', async ({ demo, tablet, second }) => {
  const link = await demo.linkFor('Noor Zilverberk');
  await enrol(tablet, link);
  const page = await second.open(link);
  await page.getByRole('button', { name: 'Deze tablet gebruiken' }).click();
  await expect(page.getByRole('alert')).toHaveText(/al gebruikt/);
});

test('a revoked tablet sends what it has and is wiped', async ({ demo, tablet, coordinator }) => {
  const worker = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  await tablet.context.setOffline(true);
  await worker.getByRole('button', { name: /koffie/ }).click();
  const page = await desk(coordinator, demo);
  await page.getByRole('button', { name: 'Mensen', exact: true }).click();
  const line = page.getByRole('listitem').filter({ hasText: 'Noor Zilverberk' });
  await line.getByRole('button', { name: 'Deze tablet beëindigen' }).first().click();
  await line.getByRole('button', { name: /Ja: wat erop wacht/ }).click();
  await expect(line.getByText('toegang beëindigd')).toBeVisible();

  await tablet.context.setOffline(false);
  await expect(worker.getByRole('heading', { name: 'Coördinatoren melden zich aan' })).toBeVisible({ timeout: 30_000 });
  const left = await worker.evaluate(async () => (await indexedDB.databases()).map((one) => one.name ?? ''));
  expect(left.filter((name) => /[0-9a-f]{8}-[0-9a-f]{4}/.test(name))).toEqual([]);
  await page.getByRole('button', { name: 'Opzij gelegd' }).click();
  await expect(page.getByText('Deze tablet heeft geen toegang meer.').first()).toBeVisible();
});
