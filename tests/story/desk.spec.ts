/** The coordinator's desk, the morning after and while the day goes on. */
import { AT_TABLE_3, chooseCard, desk, enrol, expect, GENERALIST, go, handOver, newTalk, sent, test, write } from './support/story.ts';

test('a coordinator sees all that came in, by card and, where there is none, by talk or wall, with what is new', async ({
  demo,
  tablet,
  coordinator,
}) => {
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(worker, 'Wonen', 'Er groeit schimmel achter het bed.');
  await handOver(worker, 'Tafel 3', 'zwaan', '794');
  await newTalk(worker, 'Werk en werkloosheid', 'Ze zeggen dat mijn dossier zoek is.');
  await go(worker, 'Plein');
  await worker.getByRole('button', { name: 'Groep of muur' }).click();
  await worker.getByLabel('Wat gezegd of geschreven werd').fill('Nergens een bank in de schaduw');
  await worker.getByRole('button', { name: 'Voeg deze opmerking toe' }).click();

  const page = await desk(coordinator, demo);
  await page.getByRole('button', { name: /^nieuw/ }).click();
  await expect(page.getByRole('button', { name: /zwaan 794.*Wonen.*nieuw/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /Gesprek.*Werk en werkloosheid.*nieuw/ }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /Muur.*eigen woorden.*nieuw/ }).first()).toBeVisible();

  await page.reload(); // what was chosen is in the address
  await expect(page.getByRole('button', { name: /^nieuw/ })).toHaveAttribute('aria-pressed', 'true');
  await page.getByLabel('Zoek woorden of kaart').fill('zwaan794');
  await expect(page.getByRole('button', { name: /zwaan 794/ })).toBeVisible();
  await page.getByLabel('Zoek woorden of kaart').fill('bank in de schaduw');
  await expect(page.getByText('1 regel', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: /Muur/ }).click();
  await expect(page.getByText('Nergens een bank in de schaduw')).toBeVisible();
});

test('a coordinator opens a case and sees its whole thread: talk, issues, hand-over, follow-up, who and when, what waits; and marks it reviewed', async ({
  demo,
  tablet,
  coordinator,
}) => {
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(worker, 'Energie en water', 'De meter staat op nul.');
  await handOver(worker, 'Tafel 3', 'schildpad', '794', true);
  await go(worker, 'Afspraken');
  await worker.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(worker, 'schildpad', '794');
  await worker.getByRole('group', { name: 'Wanneer?' }).getByRole('button').nth(1).click();
  await worker.getByLabel(/Wat is beloofd/).fill('Samen bellen naar de leverancier.');
  await worker.getByRole('group', { name: 'Wat is er nodig?' }).getByRole('button', { name: 'tolk' }).click();
  await worker.getByText('Hoe bereiken we de persoon?').click();
  await worker.getByRole('button', { name: 'Ja, dat mag' }).click();
  await worker.getByRole('button', { name: 'telefoon', exact: true }).click();
  await worker.getByLabel('Nummer').fill('0400 00 00 1');
  await worker.getByLabel('Hoe mogen we je noemen?').fill('Kapitein');
  await worker.getByRole('button', { name: 'Geen bericht achterlaten' }).click();
  await worker.getByRole('button', { name: 'Het is beloofd' }).click();

  // Whoever took the number has it on the promise, and puts it right.
  await worker.getByRole('button', { name: /794.*ontmoeting/ }).click();
  const reach = worker.getByRole('region', { name: 'Hoe bereiken we de persoon?' });
  await expect(reach.getByText('Geen bericht achterlaten')).toBeVisible();
  await reach.getByRole('button', { name: 'Verbeter' }).click();
  await reach.getByLabel('Nummer').fill('0400 00 00 11');
  await reach.getByRole('button', { name: 'Bewaar dit' }).click();
  await expect(reach.getByRole('link', { name: '0400 00 00 11' })).toBeVisible();
  // Locked in the middle of a word: it was meant.
  await worker.getByLabel('Plaats').fill('Aan het station');
  await expect.poll(async () => JSON.stringify(await tablet.rows('drafts'))).toContain('Aan het station');
  await tablet.reload();
  await expect(worker.getByLabel('Plaats')).toHaveValue('Aan het station');
  await sent(worker);

  const page = await desk(coordinator, demo);
  await page.getByRole('button', { name: /schildpad 794/ }).click();
  await expect(page.getByRole('heading', { name: 'schildpad 794' })).toBeFocused();
  await expect(page.getByText(/^r: nagekeken/)).toBeVisible();
  await page.keyboard.press('r');
  await expect(page.getByText(/^r: nagekeken/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Ongedaan maken' }).click();
  await expect(page.getByText(/^r: nagekeken/)).toBeVisible();
  await page.keyboard.press('Escape'); // back to the list, on the line one came from
  await expect(page.getByRole('button', { name: /schildpad 794/ })).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await expect(page.getByRole('button', { name: /schildpad 794/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'schildpad 794' })).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { name: 'schildpad 794' })).toHaveCount(0);
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { name: 'schildpad 794' })).toBeVisible();

  const waits = page.getByRole('region', { name: 'Wat wacht, en op wie' });
  await expect(waits.getByText(/onderweg sinds/)).toBeVisible();
  await expect(waits.getByText(new RegExp(`${GENERALIST}: een ontmoeting, beloofd voor`))).toBeVisible();
  const today = /\d{1,2}:\d{2}/;
  for (const [what, says] of [
    ['Gesprek', 'tent'],
    ['Knelpunt: Energie en water', 'De meter staat op nul.'],
    ['Akkoord', 'ja'],
    ['Doorverwijzing', 'onderweg'],
    ['Afspraak', 'Samen bellen naar de leverancier.'],
    ['Afspraak', 'Aan het station'],
  ] as const) {
    const part = page.getByRole('article').filter({ has: page.getByRole('heading', { name: what, exact: true }) });
    await expect(part.getByText(says).first()).toBeVisible();
    await expect(part.getByText(GENERALIST).first()).toBeVisible();
    await expect(part.getByText(today).first()).toBeVisible();
  }

  // On paper: the thread under its event, its card and the day, and nothing that can only be touched.
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText('De meter staat op nul.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'schildpad 794' })).toBeVisible();
  await expect(page.getByRole('paragraph').filter({ hasText: /Bockstael.* · open/ })).toBeVisible();
  await expect(page.getByText(/^Afgedrukt op .* door Griet/)).toBeVisible();
  await expect(page.getByRole('navigation')).toBeHidden();
  await expect(page.getByRole('button')).toHaveCount(0);
  await expect(page.getByText('Waarvoor heb je het nodig?')).toBeHidden();
  await page.emulateMedia({ media: null });

  // The desk is shown the number for a reason that is written down.
  await expect(page.getByText('0400 00 00 11')).toHaveCount(0);
  await page.getByLabel('Waarvoor heb je het nodig?').fill('De leverancier belde terug.');
  await page.getByRole('button', { name: 'Toon het contact' }).click();
  await expect(page.getByText('Kapitein · 0400 00 00 11 · telefoon')).toBeVisible();

  await page.getByRole('button', { name: 'Nagekeken' }).click();
  await expect(page.getByRole('button', { name: 'Nagekeken' })).toHaveCount(0);
  await expect(page.getByText(/^r: nagekeken/)).toHaveCount(0);
  await go(page, 'Nazicht');
  const line = page.getByRole('button', { name: /schildpad 794/ });
  await expect(line).toBeVisible();
  await expect(line.getByText('nieuw', { exact: true })).toHaveCount(0);
});

test('how many were in a group, and the text that was agreed on at a table, are seen at the desk as they were entered', async ({
  demo,
  tablet,
  second,
  coordinator,
}) => {
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  await worker.getByRole('button', { name: 'Groep of muur' }).click();
  await worker.getByRole('button', { name: 'in een groep' }).click();
  await worker.getByRole('button', { name: '6 tot 10' }).click();
  await worker.getByLabel('Wat gezegd of geschreven werd').fill('De lift staat al maanden stil.');
  await worker.getByRole('button', { name: 'Voeg deze opmerking toe' }).click();
  await expect(worker.getByRole('heading', { name: '1 net toegevoegd' })).toBeVisible();
  const table = await enrol(second, demo.printedLink('service worker'));
  await newTalk(table, 'Wonen', 'Mijn huisbaas zegt dat ik moet zwijgen.');
  await table.getByRole('button', { name: 'ja, anders gezegd' }).click();

  // Until it is written there is nothing to quote; the words themselves are not it.
  const page = await desk(coordinator, demo);
  await page.getByLabel('Zoek woorden of kaart').fill('moet zwijgen');
  await page.getByRole('button', { name: /Gesprek.*Wonen/ }).click();
  const issue = page.getByRole('article').filter({ hasText: 'moet zwijgen' });
  await expect(issue.getByText('mag geciteerd worden: ja, anders gezegd, maar die woorden staan er nog niet')).toBeVisible();
  await write(table.getByLabel('Afgesproken tekst'), 'Wie huurt, durft vaak niet te klagen.');
  await expect(issue.getByText('Afgesproken tekst: “Wie huurt, durft vaak niet te klagen.”')).toBeVisible();
  await expect(issue.getByText('mag geciteerd worden: ja, anders gezegd', { exact: true })).toBeVisible();
  await expect(issue.getByText(AT_TABLE_3).first()).toBeVisible();

  await go(page, 'Nazicht');
  await page.getByLabel('Zoek woorden of kaart').fill('lift staat al maanden');
  await page.getByRole('button', { name: /Gesprek|Muur|Groep/ }).click();
  const talk = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Gesprek', exact: true }) });
  await expect(talk.getByText('groep · met hoeveel: 6 tot 10')).toBeVisible();
});

test('a coordinator writes a question, the worker sees it on the tablet and answers, and the desk keeps what was said before', async ({
  demo,
  tablet,
  coordinator,
}) => {
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  const page = await desk(coordinator, demo);
  await newTalk(worker, 'Werk en werkloosheid', 'Ze zeggen dat mijn dossier zoek is.');

  await page.getByLabel('Zoek woorden of kaart').fill('dossier zoek');
  await page.getByRole('button', { name: /Gesprek.*Werk en werkloosheid/ }).click();
  await page.getByText('Iets vragen, of thema en niveau wijzigen').click();
  await page.getByLabel(/Een vraag aan Noor/).fill('Bij welk loket was dat?');
  await page.getByRole('button', { name: 'Vraag', exact: true }).click();
  await expect(page.getByLabel(/Een vraag aan Noor/)).toHaveValue('');

  await expect(worker.getByRole('button', { name: 'Plein', exact: true })).toHaveAccessibleDescription('1 wacht op jou');
  await go(worker, 'Plein');
  await expect(worker.getByText('Bij welk loket was dat?')).toBeVisible();
  await write(worker.getByLabel('Je antwoord'), 'Aan de Emile Bockstaellaan.');
  await worker.getByRole('button', { name: 'Antwoord', exact: true }).click();
  await expect(page.getByText('Aan de Emile Bockstaellaan.')).toBeVisible();
  await expect(worker.getByText('Bij welk loket was dat?')).toHaveCount(0);

  const issue = page.getByRole('article').filter({ hasText: 'Ze zeggen dat mijn dossier zoek is.' });
  await issue.getByText('Vroegere waarden').click();
  await expect(issue.getByText('eigen woorden:')).toBeVisible();

  // The answer asks to be looked at; taken back, it stands there as answered again.
  await page.getByRole('button', { name: 'Nagekeken', exact: true }).click();
  await page.getByRole('button', { name: 'Ongedaan maken' }).click();
  await expect(page.getByRole('button', { name: 'Nagekeken', exact: true })).toBeVisible();
  await go(page, 'Nazicht');
  await expect(page.getByRole('button', { name: /Gesprek.*Werk en werkloosheid.*antwoord gekomen/ })).toBeVisible();
});

test('a theme that desk and tablet changed without knowing of each other stands there twice until the coordinator settles it', async ({
  demo,
  tablet,
  coordinator,
}) => {
  const worker = await enrol(tablet, demo.printedLink('generalist'));
  const page = await desk(coordinator, demo);
  await newTalk(worker, 'Wonen', 'Geen warm water sinds maandag.');
  await page.getByLabel('Zoek woorden of kaart').fill('warm water sinds');
  await page.getByRole('button', { name: /Gesprek.*Wonen/ }).click();

  await tablet.offline(true);
  await worker.getByRole('button', { name: 'Ander thema' }).click();
  await worker.getByRole('button', { name: 'Energie en water' }).click();
  await page.getByText('Iets vragen, of thema en niveau wijzigen').click();
  await page.getByLabel('Thema', { exact: true }).selectOption({ label: 'Gezondheid en ziekenfonds' });
  await sent(page);
  await expect(worker.getByText(/wacht(en)? op deze tablet/)).toBeVisible();
  await tablet.offline(false);
  await sent(worker);

  await go(page, /Twee versies/);
  const conflict = page.getByRole('region', { name: 'Knelpunt thema' });
  await expect(conflict.getByText('Energie en water')).toBeVisible();
  await expect(conflict.getByText('Gezondheid')).toBeVisible();
  const kept = conflict.locator('.side').filter({ hasText: 'Energie en water' });
  await kept.getByRole('button', { name: 'Houd deze' }).click();
  await expect(conflict).toHaveCount(0);
  await sent(page);
  await expect(worker.getByRole('heading', { name: 'Energie en water' })).toBeVisible();
});
