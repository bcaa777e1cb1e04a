/** What a worker sees at 800×1280 without scrolling, and what stands out: in the rain, with one hand, in each language. */
import type { Locator, Page } from '@playwright/test';
import { messages } from './support/messages.ts';
import { chooseCard, desk, enrol, expect, go, handOver, installed, newTalk, test, write } from './support/story.ts';

const WORDS = 'Ik bel al drie weken en niemand neemt op. Nu is mijn uitkering gestopt en ik weet niet waar ik nog terecht kan.';
const LANGUAGES = { nl: 'Nederlands', fr: 'Français', en: 'English' } as const;
const AMONG_THEM = 11; // the last but one of twelve themes

/** Waits until all of it is above the ways at the bottom. */
async function isAboveTheWaysNow(page: Page, one: Locator): Promise<void> {
  const ways = page.getByRole('navigation');
  const bottom = async (): Promise<number> => {
    const [box, bar] = [await one.boundingBox(), await ways.boundingBox()];
    return box && bar ? box.y + box.height - bar.y : Number.POSITIVE_INFINITY;
  };
  await expect.poll(bottom, await one.innerText()).toBeLessThanOrEqual(0);
}

/** The same, and nothing was scrolled for it. */
async function isAboveTheWays(page: Page, one: Locator): Promise<void> {
  await isAboveTheWaysNow(page, one);
  expect(await page.evaluate(() => scrollY)).toBe(0);
}

test('how a talk ended, and all that a hand-over asks, is seen without scrolling, in each language', async ({ demo, tablet }) => {
  test.slow();
  const page = await enrol(tablet, demo.printedLink('generalist'));
  let words = messages('nl');
  const say = (key: string): string => words.get(key) ?? key;
  const button = (key: string): Locator => page.getByRole('main').getByRole('button', { name: say(key), exact: true });
  for (const language of ['nl', 'fr', 'en'] as const) {
    await page.getByRole('button', { name: say('settings') }).click();
    await page.getByRole('button', { name: LANGUAGES[language] }).click();
    words = messages(language);
    await go(page, say('new-talk'));
    await page.getByRole('region', { name: say('what-is-it-about') }).getByRole('button').nth(AMONG_THEM - 1).click();
    await write(page.getByLabel(say('own-words')), WORDS);
    await expect(button('read-back-yes')).toBeVisible();
    await isAboveTheWays(page, button('outcome-not-possible'));

    await button('hand-over').click();
    await page.getByRole('button', { name: /^(Tafel|Table) 3\b/ }).click();
    await page.getByRole('button', { name: say('animal-hare'), exact: true }).click();
    await isAboveTheWays(page, button('share-refused'));
    await isAboveTheWays(page, button('hand-over-do'));
  }
});

/** Runs in the page: of the name and the role at the top, and of what waits on this tablet, the words that something lies over. */
function hiddenOfHead(banner: HTMLElement | SVGElement): string[] {
  const lines = [...banner.querySelectorAll('.who > *, p[role="status"] > *')];
  const texts = lines.flatMap((one) => [...one.childNodes]).filter((one) => one instanceof Text && one.data.trim() !== '');
  return texts.flatMap((text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const isHidden = [...range.getClientRects()].some(({ left, right, top, bottom }) =>
      [left + 1, (left + right) / 2, right - 1].some((x) => document.elementFromPoint(x, (top + bottom) / 2) !== text.parentElement),
    );
    return isHidden ? [text.textContent ?? ''] : [];
  });
}

test('what just happened is said beside who works here, never over their name or role nor over what waits, in each language, however large the letters are', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('service worker'));
  let words = messages('nl');
  const say = (key: string): string => words.get(key) ?? key;
  await installed(page);
  await tablet.offline(true);
  for (const language of ['nl', 'fr', 'en'] as const) {
    await page.getByRole('button', { name: say('settings') }).click();
    await page.getByRole('button', { name: LANGUAGES[language] }).click();
    words = messages(language);
    for (const size of ['16px', '32px']) {
      await page.evaluate((size) => document.documentElement.style.setProperty('font-size', size), size);
      await go(page, say('square'));
      await page.getByRole('region', { name: say('count') }).getByRole('button').first().click();
      for (const where of ['square', 'settings'] as const) {
        if (where === 'settings') await page.getByRole('button', { name: say('settings') }).click();
        await expect(page.getByRole('button', { name: say('undo') }), where).toBeInViewport({ ratio: 1 });
        expect(await page.getByRole('banner').evaluate(hiddenOfHead), `${language} ${size} ${where}`).toEqual([]);
      }
      await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
    }
  }
});

/** Waits until a button lies in the bottom third of the screen, and nothing was scrolled for it. */
async function low(page: Page, name: string): Promise<Locator> {
  const one = page.getByRole('main').getByRole('button', { name, exact: true });
  await expect.poll(async () => (await one.boundingBox())?.y ?? 0, name).toBeGreaterThanOrEqual(853);
  await isAboveTheWays(page, one);
  return one;
}

/**
 * The main act of a screen lies in its bottom third before anything is scrolled, and at the end of the page over nothing: also with
 * letters of twice the size, and with half the height taken by a keyboard.
 */
async function withinReach(page: Page, name: string): Promise<void> {
  const act = await low(page, name);
  for (const [size, height] of [['16px', 1280], ['16px', 640], ['32px', 1280]] as const) {
    await page.setViewportSize({ width: 800, height });
    const beneath = await act.evaluate((one, size) => {
      document.documentElement.style.fontSize = size;
      scrollTo(0, document.body.scrollHeight);
      const { top } = (one.closest('.act') ?? one).getBoundingClientRect();
      const all = [...document.querySelectorAll('main button, main input, main p, main summary')].filter((it) => it.checkVisibility() && !it.closest('.act'));
      return all.filter((it) => it.getBoundingClientRect().bottom > top).map((it) => `${size} ${it.textContent?.trim()}`);
    }, size);
    expect(beneath, `${name} ${size} ${height}`).toEqual([]);
    await isAboveTheWaysNow(page, act);
  }
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '';
    scrollTo(0, 0);
  });
}

test('the main act of each screen is within reach of the thumb', async ({ demo, tablet, second }) => {
  test.slow();
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const table = await enrol(second, demo.printedLink('service worker'));
  await page.getByRole('button', { name: 'Groep of muur' }).click();
  await withinReach(page, 'Voeg deze opmerking toe');
  await go(page, 'Afspraken');
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await withinReach(page, 'Het is beloofd');
  await chooseCard(page, 'vos', '794');
  await write(page.getByLabel('Plaats'), 'Lokaal 4');
  await page.getByRole('group', { name: 'Wanneer?' }).getByRole('button').nth(1).click();
  await page.getByRole('button', { name: 'Het is beloofd' }).click();
  await page.getByRole('button', { name: /794/ }).first().click();
  await withinReach(page, 'Dit is gebeurd zoals beloofd');
  await go(page, 'Doorverwijzen');
  await withinReach(page, 'Samen naar de tafel');
  for (const [animal, number] of [['haas', '059'], ['haas', '794']] as const) {
    await newTalk(page, 'Wonen', WORDS);
    await handOver(page, 'Tafel 3', animal, number, true);
  }

  await go(table, 'Ontvangen');
  await expect(table.getByRole('button', { name: /haas 794/ })).toBeVisible();
  await withinReach(table, 'Zoek deze kaart');
  await table.getByRole('button', { name: /haas 794/ }).click();
  await withinReach(table, 'Neem deze kaart aan');
  await table.getByRole('group', { name: 'Kan niet aan deze tafel' }).getByRole('button', { name: 'taal' }).click();
  await table.getByRole('button', { name: 'Ja, niet aan deze tafel' }).click();
  await withinReach(table, 'Naar de volgende kaart');
  await table.getByRole('button', { name: 'Naar de volgende kaart' }).click();
  await table.getByRole('button', { name: /haas 059/ }).click();
  await table.getByRole('button', { name: 'Neem deze kaart aan' }).click();
  await low(table, 'kreeg hulp');
  const places = (): Promise<string[]> => table.getByRole('main').getByRole('button').evaluateAll((all) => all.map((one) => `${one.textContent} ${(one as HTMLElement).offsetTop}`));
  const before = await places();
  await table.getByRole('button', { name: 'niet gelukt' }).click();
  await expect(table.getByRole('group', { name: 'Waarom kon het niet?' })).toBeVisible();
  expect(await places()).toEqual(expect.arrayContaining(before)); // a question comes, and nothing moves from under the thumb
  await page.getByRole('button', { name: /794.*niet aangenomen/ }).click();
  await withinReach(page, 'Naar een andere tafel');
});

test('the settings say whether the browser keeps what is on the tablet, or may clear it', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const keeps = page.getByText('De browser bewaart wat op deze tablet staat.');
  const mayClear = page.getByText('De browser kan deze tablet leegmaken als er plaats te kort is.');
  for (const [isGranted, said, unsaid] of [[true, keeps, mayClear], [false, mayClear, keeps]] as const) {
    await page.addInitScript((answer) => {
      navigator.storage.persist = async () => answer;
    }, isGranted);
    await tablet.reload();
    await page.getByRole('button', { name: 'Instellingen' }).click();
    await expect(said).toBeVisible();
    await expect(unsaid).toHaveCount(0);
  }
});

test('on a card, an agreement says what was agreed', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Wonen', 'De kelder staat onder water.');
  await handOver(page, 'Tafel 3', 'haas', '794', true);
  await page.getByRole('button', { name: /794/ }).click();
  await page.getByRole('button', { name: 'Alles op deze kaart' }).click();
  const agreed = page.getByRole('listitem').filter({ hasText: 'Akkoord' });
  await expect(agreed.getByText('Woonadvies: Ja, vertel het')).toBeVisible();
});

test('an agreement that wants attention says what was agreed', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Wonen', 'De kelder staat onder water.');
  await page.context().route('**/api/sync', async (route) => {
    const response = await route.fetch();
    const { acks, ...rest } = (await response.json()) as { acks: string[][] };
    await route.fulfill({ response, json: { ...rest, acks: acks.map(() => ['parked', 'not_possible']) } });
  });
  await handOver(page, 'Tafel 3', 'haas', '794', true);
  await page.getByRole('banner').getByRole('button', { name: /vragen aandacht/ }).click();
  const agreed = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Akkoord · haas 794' }) });
  await expect(agreed.getByText('Woonadvies: Ja, vertel het')).toBeVisible();
});

test('the animal that is chosen for a card stands out from the others, as every choice does', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await go(page, 'Doorverwijzen');
  const table = page.getByRole('button', { name: /^Tafel 3\b/ });
  await table.click();
  await page.mouse.move(0, 0);
  const frame = (one: Locator): Promise<string> => one.evaluate((it) => `${getComputedStyle(it).borderTopColor} ${getComputedStyle(it).backgroundColor}`);
  await expect.poll(() => frame(table)).not.toBe(await frame(page.getByRole('button', { name: /^Tafel 5\b/ })));
  await chooseCard(page, 'haas', '794');
  const hare = page.getByRole('button', { name: 'haas', exact: true });
  await expect(hare).toHaveAttribute('aria-pressed', 'true');
  // Both may still be on their way to how they look when chosen.
  await expect.poll(async () => (await frame(hare)) === (await frame(table))).toBe(true);
  expect(await frame(page.getByRole('button', { name: 'vos', exact: true }))).not.toBe(await frame(table));
});

test('what is touched in a row of choices moves none of the others away from under the finger', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Wonen', WORDS);
  await page.getByText('Waar loopt het vast?').click();
  for (const group of ['Wat houdt het tegen?', 'Wie kan erover beslissen?', 'Mogen deze woorden geciteerd worden?', 'Hoe liep het af?']) {
    const choices = page.getByRole('group', { name: group }).getByRole('button');
    const places = (): Promise<string[]> => choices.evaluateAll((all) => all.map((one) => `${one.textContent} ${(one as HTMLElement).offsetLeft} ${(one as HTMLElement).offsetTop}`));
    const before = await places();
    expect(before.length).toBeGreaterThan(3);
    for (const which of [0, 1]) {
      await choices.nth(which).click();
      await expect(choices.nth(which)).toHaveAttribute('aria-pressed', 'true');
      expect(await places()).toEqual(before);
    }
  }
});

/** Runs in the page: the labels that take more than one line, and what is chosen, or can be chosen in every language alike, that its field cuts. */
function cutIn(filters: HTMLElement | SVGElement): string[] {
  const brush = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
  const labels = [...filters.querySelectorAll('label')].filter((one) => one.getBoundingClientRect().height > 1.5 * Number.parseFloat(getComputedStyle(one).lineHeight));
  const selects = [...filters.querySelectorAll('select')].flatMap((one) => {
    const { font, paddingInlineStart, paddingInlineEnd } = getComputedStyle(one);
    brush.font = font;
    const arrow = 20;
    const room = one.clientWidth - Number.parseFloat(paddingInlineStart) - Number.parseFloat(paddingInlineEnd) - arrow;
    const words = [...one.options].filter((option, _, { length }) => option.selected || length === 3).map((option) => option.text);
    return words.filter((text) => brush.measureText(text).width > room);
  });
  return [...labels.map((one) => one.innerText), ...selects];
}

/** Runs in the page: how many lines the words of a button take, and how far they begin from its icon. */
function iconAndWords(button: HTMLElement | SVGElement): { lines: number; gap: number } {
  const words = document.createRange();
  words.selectNodeContents(button.querySelector('span') as HTMLElement);
  const [icon, all] = [button.querySelector('svg') as SVGElement, [...words.getClientRects()]];
  return { lines: new Set(all.map(({ top }) => top)).size, gap: Math.min(...all.map(({ left }) => left)) - icon.getBoundingClientRect().right };
}

test('the link that opens the desk is one line beside its icon, in each language; broken into two, its words still begin at the icon', async ({ demo, coordinator }) => {
  const page = await coordinator.open(demo.printedLink('coordinator'));
  for (const language of ['nl', 'fr', 'en'] as const) {
    await page.getByRole('button', { name: LANGUAGES[language] }).click();
    const link = page.getByRole('button', { name: messages(language).get('with-link') ?? '' });
    const whole = await link.evaluate(iconAndWords);
    expect(whole.lines, language).toBe(1);
    await page.setViewportSize({ width: 360, height: 800 });
    const broken = await link.evaluate(iconAndWords);
    expect(broken.lines, language).toBe(2);
    for (const { gap } of [whole, broken]) expect(gap, language).toBeLessThan(12);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});

test('at the desk no label and no choice is cut, and "all is sent" is one line, in each language, lying and standing', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  for (const language of ['nl', 'fr', 'en'] as const) {
    const words = messages(language);
    await page.getByRole('navigation').getByRole('combobox').last().selectOption(language);
    for (const size of [{ width: 1280, height: 800 }, { width: 800, height: 1280 }]) {
      await page.setViewportSize(size);
      const sent = page.getByText(words.get('all-sent') ?? '', { exact: true });
      await expect(sent).toBeVisible();
      await expect.poll(async () => (await sent.boundingBox())?.height, `${language} ${size.width}`).toBeLessThan(30);
      expect(await page.locator('.line').filter({ has: page.locator('select') }).evaluate(cutIn), `${language} ${size.width}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    }
  }
});
