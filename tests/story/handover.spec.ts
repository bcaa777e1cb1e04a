/** The road of a hand-over: one tablet, another tablet, the desk. */
import { presses } from './support/keys.ts';
import { AT_TABLE_3, chooseCard, desk, enrol, expect, GENERALIST, go, handOver, newTalk, sent, test, write } from './support/story.ts';

test('a hand-over arrives live at the table, is taken and ends there, and the first tablet sees each step', async ({ demo, tablet, second }) => {
  const generalist = await enrol(tablet, demo.printedLink('generalist'));
  const table = await enrol(second, demo.printedLink('service worker'));
  await go(table, 'Ontvangen');

  await newTalk(generalist, 'Wonen', 'De muur is nat tot aan het plafond.');
  await generalist.getByText('Wat wil de persoon?').click();
  await generalist.getByRole('button', { name: 'ja, zonder naam' }).click(); // what is open stays so while something is kept
  await write(generalist.getByLabel('Wat moet er volgens de persoon gebeuren?'), 'Dat iemand komt kijken.');
  await handOver(generalist, 'Tafel 3', 'haas', '059', true);

  // Nobody touches the other tablet: without a poke it would ask again in five minutes.
  await table.getByRole('button', { name: /haas 059.*onderweg/ }).click();
  await expect(table.getByText('De muur is nat tot aan het plafond.')).toBeVisible();
  await expect(table.getByText('Dat iemand komt kijken.')).toBeVisible();
  await presses(table, table.getByRole('button', { name: 'Neem deze kaart aan' }));
  await expect(table.getByRole('heading', { level: 1, name: 'haas 059' }), 'the button went with what it did').toBeFocused();
  await expect(generalist.getByRole('button', { name: /059.*aan de tafel/ })).toBeVisible();

  await generalist.getByRole('button', { name: /059/ }).click();
  await presses(table, table.getByRole('button', { name: 'kreeg hulp' }));
  await expect(table.getByRole('heading', { level: 1, name: 'haas 059' })).toBeFocused();
  await expect(generalist.getByText('afgerond').first()).toBeVisible();
  await expect(generalist.getByText('kreeg hulp').first()).toBeVisible();
  // It does not open again; why it ended so is put right, and taken back.
  await table.getByRole('group', { name: 'Niet juist? Kies wat het was' }).getByRole('button', { name: 'deels hulp' }).click();
  await expect(generalist.getByText('deels hulp').first()).toBeVisible();
  await table.getByRole('button', { name: 'Ongedaan maken' }).click();
  await expect(generalist.getByText('kreeg hulp').first()).toBeVisible();
  await go(generalist, 'Plein');
  await expect(generalist.getByRole('button', { name: /059/ })).toHaveCount(0);
  await generalist.getByText('Vandaag afgerond (1)').click();
  await expect(generalist.getByRole('button', { name: /059.*kreeg hulp/ })).toBeVisible();

  // Whoever sits there leaves: nobody is walked to an empty table.
  await go(table, 'Plein');
  await table.getByRole('button', { name: 'Wij vertrekken' }).click();
  const there = generalist.locator('.table').filter({ hasText: 'Tafel 3' });
  await expect(there.getByText('weg', { exact: true })).toBeVisible();
  await table.getByRole('button', { name: 'We zijn er weer' }).click();
  await expect(there.getByText('vrij', { exact: true })).toBeVisible();
});

test('whom a table cannot take stays before whoever sent them, with the reason, until they are sent to another one', async ({
  demo,
  tablet,
  second,
  coordinator,
}) => {
  test.slow();
  const generalist = await enrol(tablet, demo.printedLink('generalist'));
  const table = await enrol(second, demo.printedLink('service worker'));
  await newTalk(generalist, 'Wonen', 'Zij spreekt alleen Tigrinya.');
  await handOver(generalist, 'Tafel 3', 'haas', '794');
  await table.getByRole('button', { name: /794/ }).click();
  await table.getByRole('group', { name: 'Kan niet aan deze tafel' }).getByRole('button', { name: 'taal' }).click();
  await table.getByRole('button', { name: 'Toch niet' }).click(); // one touch does nothing yet
  await expect(table.getByRole('button', { name: 'Neem deze kaart aan' })).toBeVisible();
  await table.getByRole('group', { name: 'Kan niet aan deze tafel' }).getByRole('button', { name: 'geen plaats' }).click();
  await table.getByRole('button', { name: 'Ja, niet aan deze tafel' }).click();
  await table.getByRole('group', { name: 'Niet juist? Kies wat het was' }).getByRole('button', { name: 'taal' }).click();

  // At the desk it waits, on whom and why.
  const open = generalist.getByRole('region', { name: 'Mijn open kaarten' });
  await expect(open.getByRole('button', { name: /794.*niet aangenomen: taal/ })).toBeVisible();
  const office = await desk(coordinator, demo);
  await office.getByRole('button', { name: /^wacht \(/ }).click();
  await office.getByRole('button', { name: /haas 794/ }).click();
  const waits = office.getByRole('region', { name: 'Wat wacht' }).getByText(`${GENERALIST}: zoekt een andere tafel; Woonadvies nam de kaart niet aan (taal)`);
  await expect(waits).toBeVisible();

  await open.getByRole('button', { name: /794.*niet aangenomen: taal/ }).click();
  await generalist.getByRole('button', { name: 'Naar een andere tafel' }).click();
  await expect(generalist.getByText('haas 794', { exact: true })).toBeVisible(); // nobody has to show the card once more
  await generalist.getByRole('button', { name: /^Tafel 11\b/ }).click();
  await generalist.getByRole('button', { name: 'Ja, vertel het' }).click();
  await generalist.getByRole('button', { name: 'Samen naar de tafel' }).click();
  await expect(waits).toHaveCount(0, { timeout: 30_000 });
  await expect(open.getByRole('button', { name: /794.*Tolken op het plein.*onderweg/ })).toBeVisible();
  await expect(open.getByRole('button', { name: /794/ })).toHaveCount(1);
  await generalist.getByText('Vandaag afgerond (1)').click();
  await expect(open.getByRole('button', { name: /794.*Woonadvies.*niet aangenomen: taal/ })).toBeVisible();

  // The same of a card that came without a talk.
  await go(generalist, 'Doorverwijzen');
  await generalist.getByRole('button', { name: /^Tafel 3\b/ }).click();
  await chooseCard(generalist, 'kat', '794');
  await generalist.getByRole('button', { name: 'Samen naar de tafel' }).click();
  await go(table, 'Ontvangen');
  await table.getByRole('button', { name: /kat 794/ }).click();
  await table.getByRole('group', { name: 'Kan niet aan deze tafel' }).getByRole('button', { name: 'geen plaats' }).click();
  await table.getByRole('button', { name: 'Ja, niet aan deze tafel' }).click();
  await open.getByRole('button', { name: /794.*niet aangenomen: geen plaats/ }).click();
  await generalist.getByRole('button', { name: 'Naar een andere tafel' }).click();
  await expect(generalist.getByRole('button', { name: 'kat', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect(generalist.getByLabel('Drie cijfers')).toHaveValue('794');
});

test('who turned away at their own table whom they brought there themselves sends them on, or goes to the next card', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('service worker'));
  await newTalk(page, 'Wonen', 'De sleutel past niet meer.');
  await handOver(page, 'Tafel 3', 'haas', '794');
  await go(page, 'Ontvangen');
  await page.getByRole('button', { name: /haas 794/ }).click();
  await page.getByRole('group', { name: 'Kan niet aan deze tafel' }).getByRole('button', { name: 'geen plaats' }).click();
  await page.getByRole('button', { name: 'Ja, niet aan deze tafel' }).click();
  await expect(page.getByText('Bewaard op deze tablet')).toBeVisible(); // nobody else waits for it
  await expect(page.getByRole('button', { name: 'Naar een andere tafel' })).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Naar de volgende kaart' }).click();
  await expect(page.getByRole('heading', { name: 'Ontvangen' })).toBeVisible();
});

test('what the person does not want to be told stays away from the table', async ({ demo, tablet, second }) => {
  const generalist = await enrol(tablet, demo.printedLink('generalist'));
  const table = await enrol(second, demo.printedLink('service worker'));
  await go(table, 'Nieuw gesprek');
  await newTalk(generalist, 'Wonen', 'Dit hoeft niemand anders te weten.');
  await handOver(generalist, 'Tafel 3', 'kat', '794');

  // Busy with somebody else, they see that a card came.
  await expect(table.getByRole('button', { name: 'Ontvangen', exact: true })).toHaveAccessibleDescription(/^\d+ wacht(en)? op jou$/);
  await go(table, 'Ontvangen');
  await table.getByRole('button', { name: /kat 794/ }).click();
  await expect(table.getByRole('button', { name: 'Neem deze kaart aan' })).toBeVisible();
  await expect(table.getByText('Over het gesprek is niets doorgegeven.')).toBeVisible();
  expect(JSON.stringify(await second.rows('records'))).not.toContain('hoeft niemand');
});

test('a card that the table knows nothing of, since who sent it has no network, is gone on with there: at the desk it is one case', async ({
  demo,
  tablet,
  second,
  coordinator,
}) => {
  test.slow();
  const sender = await enrol(tablet, demo.printedLink('generalist'));
  const table = await enrol(second, demo.printedLink('service worker'));
  await tablet.offline(true);
  await newTalk(sender, 'Energie en water', 'De meter is afgesloten.');
  await handOver(sender, 'Tafel 3', 'vos', '794', true);

  await go(table, 'Ontvangen');
  await chooseCard(table, 'vos', '794');
  await table.getByRole('button', { name: 'Zoek deze kaart' }).click();
  await table.getByRole('button', { name: 'Begin hier een gesprek op deze kaart' }).click();
  await table.getByRole('button', { name: 'Wonen', exact: true }).click();
  await expect(table.getByRole('heading', { name: 'Wonen' })).toBeVisible();
  await sent(table);
  await tablet.offline(false);
  await sent(sender);

  const page = await desk(coordinator, demo);
  await page.getByLabel('Zoek woorden of kaart').fill('vos 794');
  await page.getByRole('button', { name: /vos 794.*Energie en water.*Wonen|vos 794.*Wonen.*Energie en water/ }).click();
  await expect(page.getByRole('heading', { name: /^Knelpunt/ })).toHaveCount(2);
  await expect(page.getByText('De meter is afgesloten.')).toBeVisible();
});

test('two tablets that edited the same field offline: nothing is lost, the desk shows both versions and settles', async ({
  demo,
  tablet,
  second,
  coordinator,
}) => {
  const one = await enrol(tablet, demo.printedLink('generalist'));
  const two = await enrol(second, demo.printedLink('service worker'));
  await newTalk(one, 'Wonen');
  await handOver(one, 'Tafel 3', 'zwaan', '794');
  await go(two, 'Ontvangen');
  await two.getByRole('button', { name: /zwaan 794/ }).click();
  await sent(one);

  await tablet.offline(true);
  await second.offline(true);
  await one.getByRole('button', { name: /794/ }).click();
  await one.getByRole('button', { name: 'De persoon trekt dit terug' }).click();
  await one.getByRole('button', { name: /Ja, terugtrekken/ }).click();
  await two.getByRole('button', { name: 'Neem deze kaart aan' }).click();
  await expect(one.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await expect(two.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await tablet.offline(false);
  await second.offline(false);
  await sent(one);
  await sent(two);
  await expect(one.getByText('Twee tablets schreven hier iets anders.')).toBeVisible();

  const page = await desk(coordinator, demo);
  await go(page, /Twee versies/);
  const conflict = page.getByRole('region', { name: 'Doorverwijzing hoe het staat' });
  await expect(conflict.getByText('teruggetrokken door de persoon')).toBeVisible();
  await expect(conflict.getByText('aan de tafel')).toBeVisible();
  await expect(conflict.getByText(AT_TABLE_3)).toBeVisible();
  // Whoever keeps the other one is asked first: the person took it back.
  await conflict.locator('.side', { hasText: 'aan de tafel' }).getByRole('button', { name: 'Houd deze' }).click();
  await expect(conflict.getByText('De persoon trok dit terug')).toBeVisible();
  await conflict.getByRole('button', { name: 'Toch niet' }).click();
  await conflict.locator('.side', { hasText: 'teruggetrokken' }).getByRole('button', { name: 'Houd deze' }).click();
  await expect(conflict).toHaveCount(0);
  await sent(page);
  await expect(one.getByText('teruggetrokken door de persoon').first()).toBeVisible();
  await expect(one.getByText('Twee tablets schreven hier iets anders.')).toHaveCount(0);
});

test('of a talk with two issues the one that is meant is handed over', async ({ demo, tablet, second }) => {
  const generalist = await enrol(tablet, demo.printedLink('generalist'));
  const table = await enrol(second, demo.printedLink('service worker'));
  await newTalk(generalist, 'Wonen', 'Het dak lekt boven het bed.');
  await generalist.getByRole('button', { name: 'Nog een knelpunt in dit gesprek' }).click();
  await generalist.getByRole('button', { name: 'Toch niet' }).click(); // there was no other, after all
  await generalist.getByRole('button', { name: 'Nog een knelpunt in dit gesprek' }).click();
  await generalist.getByRole('button', { name: 'Digitaal en administratie', exact: true }).click();
  await expect(generalist.getByRole('region', { name: 'Knelpunt 2' })).toBeVisible();

  await generalist.getByRole('main').getByRole('button', { name: 'Doorverwijzen' }).click();
  await generalist.getByRole('group', { name: 'Waarover gaat het?' }).getByRole('button', { name: '1. Wonen' }).click();
  await generalist.getByRole('button', { name: /^Tafel 3\b/ }).click();
  await chooseCard(generalist, 'zwaan', '794');
  await generalist.getByRole('button', { name: 'Ja, vertel het' }).click();
  await generalist.getByRole('button', { name: 'Samen naar de tafel' }).click();

  await go(table, 'Ontvangen');
  await table.getByRole('button', { name: /zwaan 794/ }).click();
  await expect(table.getByText('Het dak lekt boven het bed.')).toBeVisible();
});

