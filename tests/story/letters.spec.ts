/** Words as they stand on a tablet: none is broken in two, none is left alone by its sign, and French has its own marks. */
import { messages } from './support/messages.ts';
import { enrol, expect, go, handOver, installed, newTalk, test } from './support/story.ts';

/** Runs in the page: the words that take more than one line; a hyphen is where one may end. */
function broken(part: HTMLElement | SVGElement): string[] {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  return texts.filter((text) => text.parentElement?.checkVisibility()).flatMap((text) =>
    [...text.data.matchAll(/[^\s-]+/g)].flatMap(({ 0: word, index }) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      return lines.size > 1 ? [word] : [];
    }),
  );
}

/** Runs in the page: whether a sign stands beside its words. */
function isBeside(line: HTMLElement | SVGElement): boolean {
  const words = document.createRange();
  words.selectNodeContents(line);
  const sign = line.querySelector('svg')?.getBoundingClientRect();
  const rects = [...words.getClientRects()].filter(({ width }) => width > 60);
  return sign !== undefined && rects.length > 0 && rects.every(({ left }) => left > sign.right);
}

test('no word of the ways at the bottom is broken, in each language, however large the letters are', async ({ demo, tablet, second }) => {
  for (const [browser, who] of [[tablet, 'generalist'], [second, 'service worker']] as const) {
    const page = await enrol(browser, demo.printedLink(who));
    let say = messages('nl');
    for (const [language, name] of [['nl', 'Nederlands'], ['fr', 'Français'], ['en', 'English']] as const) {
      await page.getByRole('button', { name: say.get('settings') ?? '' }).click();
      await page.getByRole('button', { name }).click();
      say = messages(language);
      await expect(page.getByRole('heading', { name: say.get('settings') ?? '' })).toBeVisible();
      for (const [size, width] of [['32px', 800], ['16px', 800], ['16px', 360]] as const) {
        await page.setViewportSize({ width, height: 1280 });
        await page.evaluate((size) => document.documentElement.style.setProperty('font-size', size), size);
        expect(await page.getByRole('navigation').evaluate(broken), `${language} ${size} ${width}`).toEqual([]);
      }
      await page.setViewportSize({ width: 800, height: 1280 });
    }
  }
});

test('with letters of twice the size no word on the square, of a hand-over or of a card that comes is broken, in Dutch and French', async ({ demo, tablet, second }) => {
  test.slow();
  const generalist = await enrol(second, demo.printedLink('generalist'));
  await newTalk(generalist, 'Wonen');
  await handOver(generalist, 'Tafel 3', 'haas', '794');
  const page = await enrol(tablet, demo.printedLink('service worker'));
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '32px'));
  await generalist.evaluate(() => document.documentElement.style.setProperty('font-size', '32px'));
  let say = messages('nl');
  for (const [language, name] of [['nl', 'Nederlands'], ['fr', 'Français']] as const) {
    for (const one of [page, generalist]) {
      await one.getByRole('button', { name: say.get('settings') ?? '' }).click();
      await one.getByRole('button', { name }).click();
      await go(one, messages(language).get('square') ?? '');
      await expect(one.getByText(/^(Tafel|Table) 12$/)).toBeVisible();
      expect(await one.getByRole('main').evaluate(broken), `square ${language}`).toEqual([]);
    }
    say = messages(language);
    await go(page, say.get('receive') ?? '');
    await expect(page.getByRole('button', { name: /794/ })).toBeVisible();
    expect(await page.getByRole('main').evaluate(broken), `receive ${language}`).toEqual([]);
    await go(generalist, say.get('hand-over') ?? '');
    await expect(generalist.getByRole('button', { name: /^(Tafel|Table) 12\b/ })).toBeVisible();
    expect(await generalist.getByRole('main').evaluate(broken), `hand-over ${language}`).toEqual([]);
  }
});

test('in French what is told of a card stands in French marks', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await newTalk(page, 'Wonen', 'La cave est sous eau.');
  await handOver(page, 'Tafel 3', 'haas', '794', true);
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await page.getByRole('button', { name: 'Français' }).click();
  const say = messages('fr');
  await go(page, say.get('square') ?? '');
  await page.getByRole('button', { name: /794/ }).click();
  await page.getByRole('button', { name: say.get('all-on-card') ?? '' }).click();
  await expect(page.getByText('«\u00a0La cave est sous eau.\u00a0»')).toBeVisible();
});

test('on the lock screen what waits stands beside its sign, in French too', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await page.getByRole('button', { name: 'Français' }).click();
  await tablet.offline(true);
  const say = messages('fr');
  await go(page, say.get('square') ?? '');
  for (let n = 0; n < 12; n += 1) await page.getByRole('region', { name: say.get('count') ?? '' }).getByRole('button').first().click();
  await expect(page.getByText('12 modifications attendent')).toBeVisible();
  await page.getByRole('button', { name: say.get('shield') ?? '' }).click();
  const line = page.getByRole('status').filter({ hasText: "n'ont pas encore quitté cette tablette" });
  await expect(line).toBeVisible();
  expect(await line.evaluate(isBeside)).toBe(true);
});
