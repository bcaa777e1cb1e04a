/** Words that are half written: they come back to their own form, to no other, and none is lost on the way to the disk. */
import type { Browser } from './support/browser.ts';
import { chooseCard, counted, desk, enrol, expect, GENERALIST, go, handOver, installed, newTalk, sent, tap, test, touchAndType, write } from './support/story.ts';

const WORDS = 'Ik bel al drie weken en niemand neemt op.';
const AGAIN = 'Ik bel al drie weken; vandaag nam iemand op en legde neer.';

test('half-written words come back exactly as they were after the browser was killed, and in no other talk', async ({ demo, tablet }) => {
  let page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await go(page, 'Nieuw gesprek');
  await page.getByLabel('In eigen woorden').pressSequentially('Half geschreven, dan komt er iem');
  await expect.poll(async () => JSON.stringify(await tablet.rows('drafts'))).toContain('komt er iem');
  await tablet.kill();

  page = await tablet.open(demo.url());
  await page.getByRole('button', { name: /^Een half geschreven gesprek: ga verder/ }).click();
  await expect(page.getByLabel('In eigen woorden')).toHaveValue('Half geschreven, dan komt er iem');
  await go(page, 'Nieuw gesprek');
  await expect(page.getByLabel('In eigen woorden')).toHaveValue('');
});

test('words whose field nobody has left yet wait, are sent, and are at the desk; the cursor and what is typed next stay', async ({
  demo,
  tablet,
  coordinator,
}) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Wonen', 'Het dak lekt.');
  await sent(page);
  const words = page.getByLabel('In eigen woorden');
  await tablet.offline(true);
  await words.press('End');
  await words.pressSequentially(' Al drie weken, ');
  await expect(page.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await expect(words).toBeFocused();
  await expect(words).toHaveValue('Het dak lekt. Al drie weken, ');

  await tablet.offline(false);
  await sent(page);
  const office = await desk(coordinator, demo);
  await office.getByLabel('Zoek woorden of kaart').fill('drie weken');
  await office.getByRole('button', { name: /Gesprek.*Wonen/ }).click();
  await expect(office.getByText('Het dak lekt. Al drie weken,', { exact: true })).toBeVisible();

  await words.pressSequentially('zegt ze.');
  await expect(office.getByText('Het dak lekt. Al drie weken, zegt ze.', { exact: true })).toBeVisible();
  await expect(words).toBeFocused();
});

/** Runs in the page: how far what is written in an element ends from its two edges. */
function margins(one: HTMLElement | SVGElement): { left: number; right: number } {
  const range = document.createRange();
  range.selectNodeContents(one);
  const [text, box] = [range.getBoundingClientRect(), one.getBoundingClientRect()];
  return { left: text.left - box.left, right: box.right - text.right };
}

test('words in a script that runs from the right begin at the right, at the table and at the desk', async ({ demo, tablet, second, coordinator }) => {
  const arabic = 'الكهرباء مقطوعة (منذ أسبوع).';
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const table = await enrol(second, demo.printedLink('service worker'));
  await newTalk(page, 'Wonen', arabic);
  expect(await page.getByLabel('In eigen woorden').evaluate((one) => getComputedStyle(one).unicodeBidi)).toBe('plaintext');
  await handOver(page, 'Tafel 3', 'kat', '794', true);
  await go(table, 'Ontvangen');
  await table.getByRole('button', { name: /kat 794/ }).click();
  const office = await desk(coordinator, demo);
  await office.getByRole('button', { name: /kat 794/ }).click();
  for (const at of [table, office]) {
    const words = at.getByText(arabic);
    await expect(words).toBeVisible();
    const { left, right } = await words.evaluate(margins);
    expect(left, 'it begins at the right').toBeGreaterThan(right + 100);
  }
});

test('what a promise says is kept once, at a pause, and not again when its field is left', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await chooseCard(page, 'kat', '794');
  await page.getByRole('group', { name: 'Wanneer?' }).getByRole('button').first().click();
  await page.getByRole('button', { name: 'Het is beloofd' }).click();
  await expect(page.getByRole('button', { name: /794/ })).toBeVisible();
  await sent(page);
  await page.getByRole('button', { name: /794/ }).click();
  await tablet.offline(true);
  await page.getByLabel('Wat is beloofd').pressSequentially('Samen naar de gemeente.');
  await expect(page.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
  await go(page, 'Afspraken');
  await expect(page.getByRole('button', { name: /794.*Samen naar de gemeente\./ })).toBeVisible();
  await expect(page.getByText('1 wijziging wacht op deze tablet')).toBeVisible();
});

test('words that are being typed stay with their own talk when somebody goes back, on no card of the visitor before', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Wonen', 'van de vorige');
  await handOver(page, 'Tafel 3', 'haas', '794');
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  for (const before of ['a promise', 'a talk', 'home']) {
    if (before === 'a talk') {
      await newTalk(page, 'Wonen', 'van de vorige');
      await handOver(page, 'Tafel 3', 'haas', '794');
    }
    if (before === 'home') await go(page, 'Plein');
    await go(page, 'Nieuw gesprek');
    await expect(page.getByRole('heading', { name: 'Nieuw gesprek' })).toBeVisible();
    await page.getByLabel('In eigen woorden').pressSequentially(`iemand anders, na ${before}`);
    await page.goBack();
    await expect(page.getByRole('heading', { name: 'Nieuw gesprek' })).toHaveCount(0);
  }
  await go(page, 'Plein');
  await sent(page);
  for (const before of ['a promise', 'a talk', 'home']) {
    await expect.poll(() => inRecords(tablet, 'issue', `iemand anders, na ${before}`)).toMatchObject([{ card: undefined, isOfATalk: true }]);
  }
  await expect(page.getByText('aandacht')).toHaveCount(0);
});

/** The issues with these words on this tablet: on which card, and whether their talk is one. */
async function inRecords(tablet: Browser, kind: string, words: string): Promise<unknown[]> {
  const rows = (await tablet.rows('records')) as { wire: { kind: string; id: string; live: { set: Record<string, unknown> }[] } }[];
  const shown = rows.map(({ wire }) => ({ kind: wire.kind, id: wire.id, ...Object.assign({}, ...wire.live.map(({ set }) => set)) }));
  const visits = new Set(shown.filter((one) => one.kind === 'visit').map(({ id }) => id));
  return shown
    .filter((one) => one.kind === kind && one.own_words === words)
    .map((one) => ({ card: one.card, isOfATalk: visits.has(one.visit) }));
}

test('a half-made promise comes back with its card, and in no other form', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await page.getByRole('button', { name: 'haas' }).click();
  await page.getByLabel('Drie cijfers').fill('794');
  await expect.poll(async () => JSON.stringify(await tablet.rows('drafts'))).toContain('794');
  await tablet.reload();

  await expect(page.getByLabel('Drie cijfers')).toHaveValue('794');
  await expect(page.getByRole('button', { name: 'haas' })).toHaveAttribute('aria-pressed', 'true');

  // The next person's form is empty; this one waits on the square, to go on with or to throw away.
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await expect(page.getByLabel('Drie cijfers')).toHaveValue('');
  await go(page, 'Plein');
  await page.getByRole('button', { name: /^Een half gemaakte afspraak: ga verder/ }).click();
  await expect(page.getByLabel('Drie cijfers')).toHaveValue('794');
  await go(page, 'Plein');
  await page.getByRole('button', { name: /^Weggooien: Een half gemaakte afspraak/ }).click();
  await expect(page.getByRole('button', { name: /half gemaakte/ })).toHaveCount(0);

  // The same of a hand-over.
  await go(page, 'Doorverwijzen');
  await page.getByRole('button', { name: /^Tafel 3\b/ }).click();
  await chooseCard(page, 'haas', '794');
  await expect.poll(async () => JSON.stringify(await tablet.rows('drafts'))).toContain('794');
  await tablet.reload();
  await expect(page.getByLabel('Drie cijfers')).toHaveValue('794');
  await expect(page.getByRole('button', { name: /^Tafel 3\b/ })).toHaveAttribute('aria-pressed', 'true');
  await go(page, 'Doorverwijzen');
  await expect(page.getByLabel('Drie cijfers')).toHaveValue('');
  await go(page, 'Plein');
  await expect(page.getByRole('button', { name: /^Een half gekozen doorverwijzing: ga verder/ })).toBeVisible();

  // Whichever event was looked at last, a tablet begins at the open one: that is where today's talks belong.
  const event = page.getByLabel('Actie');
  const closed = await event.locator('option', { hasNotText: 'open' }).first().innerText();
  await event.selectOption({ label: closed });
  await expect(event.locator('option:checked')).toHaveText(closed);
  await tablet.reload();
  await expect(event.locator('option:checked')).toHaveText(/open$/);
});

test('words typed while a theme or a remark is on its way to the disk are not lost', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Nieuw gesprek');
  await page.getByRole('button', { name: 'Wonen', exact: true }).evaluate(touchAndType, WORDS);
  await expect(page.getByRole('heading', { name: 'Wonen' })).toBeVisible();
  const words = page.getByLabel('In eigen woorden');
  await expect(words).toHaveValue(WORDS);
  await expect(words).toBeFocused();
  await expect.poll(async () => JSON.stringify(await tablet.rows('records'))).toContain(WORDS);
  await expect(page.getByRole('region', { name: /^Knelpunt/ })).toHaveCount(1);

  await go(page, 'Plein');
  await page.getByRole('button', { name: 'Groep of muur' }).click();
  await page.getByLabel('Wat gezegd of geschreven werd').fill('Geen bank');
  await page.getByRole('button', { name: 'Voeg deze opmerking toe' }).evaluate(touchAndType, 'Geen bank, en de tram');
  await expect(page.getByRole('heading', { name: '1 net toegevoegd' })).toBeVisible();
  await expect(page.getByLabel('Wat gezegd of geschreven werd')).toHaveValue(', en de tram');
});

test('who touches a theme and goes to the words at once stands in them, wherever they are by then', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Nieuw gesprek');
  await page.getByRole('button', { name: 'Wonen', exact: true }).evaluate((theme) => {
    (theme as HTMLElement).click();
    document.querySelector('textarea')?.focus();
  });
  await expect(page.getByRole('heading', { name: 'Wonen' })).toBeVisible();

  await page.keyboard.insertText(WORDS);

  await expect(page.getByLabel('In eigen woorden')).toHaveValue(WORDS);
});

test('words that are too long are neither cut nor kept before they are shorter, and it says so', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Nieuw gesprek');
  await page.getByRole('button', { name: 'Wonen', exact: true }).press('Enter');
  await expect(page.getByRole('region', { name: 'Knelpunt' })).toBeFocused(); // with the keyboard one goes on from here
  const words = page.getByLabel('In eigen woorden');
  await write(words, 'a'.repeat(2_003));
  await expect(page.getByText('3 tekens te veel')).toBeVisible();
  await expect(words).toHaveValue('a'.repeat(2_003));
  await expect(page.getByRole('button', { name: 'Ja, dit zijn de woorden' })).toHaveCount(0);

  await write(words, 'a'.repeat(2_000));
  await expect(page.getByText('tekens te veel')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Ja, dit zijn de woorden' })).toBeVisible();
});

test('words of an issue that are in their field when the browser is killed are kept and sent once its worker is back', async ({ demo, tablet }) => {
  let page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Wonen', WORDS);
  await page.getByRole('button', { name: 'Ja, dit zijn de woorden' }).click();
  await sent(page);
  await page.getByLabel('In eigen woorden').fill(AGAIN);
  await expect.poll(async () => JSON.stringify(await tablet.rows('drafts'))).toContain(AGAIN);
  await tablet.kill();

  page = await tablet.open(demo.url());
  await sent(page);
  const kept = () => tablet.rows<{ ack: string; edit: { set: Record<string, unknown> } }>('kept');
  const edit = { set: { own_words: AGAIN, wording_confirmed: false } };
  await expect.poll(async () => (await kept()).at(-1)).toMatchObject({ ack: 'ok', edit });
  expect(JSON.stringify(await tablet.rows('drafts'))).not.toContain(AGAIN);
});
