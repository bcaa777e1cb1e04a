/** What stays at the bottom and the top of a tablet, and the fields that scroll between: no field is seen in part, and none is typed in unseen. */
import type { Locator, Page } from '@playwright/test';
import { messages } from './support/messages.ts';
import { enrol, expect, go, test } from './support/story.ts';

const LANGUAGES = { nl: 'Nederlands', fr: 'Français' } as const;
const STEP = 40;

/** Runs in the page: the fields that are seen in part, above the act or below it. */
function cutFields(act: HTMLElement | SVGElement): string[] {
  const seen = (one: Element): boolean => one.checkVisibility({ opacityProperty: true });
  const { top, bottom } = act.getBoundingClientRect();
  const ways = document.querySelector('nav')?.getBoundingClientRect().top ?? innerHeight;
  const fields = [...document.querySelectorAll('main :is(fieldset, .field)')].filter(seen);
  const cut = fields.filter((one) => one.getBoundingClientRect().top < top && one.getBoundingClientRect().bottom > top);
  const peeping = [17, 100, 400, 700, 783].map((x) => document.elementFromPoint(x, (bottom + ways) / 2)).filter((one) => one?.closest('.field, fieldset'));
  return [...cut, ...peeping].map((one) => one?.closest('.field, fieldset')?.textContent?.trim().slice(0, 30) ?? '');
}

/** Runs in the page: whether what has the focus lies under the head or the act. */
function isUnseen(act: HTMLElement | SVGElement): boolean {
  const one = document.activeElement;
  if (!one?.closest('main') || one.closest('.act')) return false;
  const { top, bottom } = one.getBoundingClientRect();
  const head = document.querySelector('header')?.getBoundingClientRect().bottom ?? 0;
  return top < head || bottom > act.getBoundingClientRect().top || !one.checkVisibility({ opacityProperty: true });
}

/** The act of the form of a promise, in one of the languages. */
async function promising(page: Page, from: 'nl' | 'fr', to: 'nl' | 'fr'): Promise<Locator> {
  const [before, words] = [messages(from), messages(to)];
  await page.getByRole('button', { name: before.get('settings') ?? '' }).click();
  await page.getByRole('button', { name: LANGUAGES[to] }).click();
  await go(page, words.get('promises') ?? '');
  await page.getByRole('button', { name: words.get('make-promise') ?? '' }).click();
  await expect(page.getByRole('button', { name: words.get('promise-do') ?? '' })).toBeVisible();
  return page.locator('.act');
}

test('of a promise a field is seen wholly or not at all, wherever one has scrolled to, in Dutch and French', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  for (const language of ['nl', 'fr'] as const) {
    const act = await promising(page, 'nl', language);
    const end = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    for (let y = 0; y <= end + STEP; y += STEP) {
      await page.evaluate((y) => scrollTo(0, y), y);
      await expect.poll(() => act.evaluate(cutFields), `${language} ${y}`).toEqual([]);
    }
    const seen = page.getByLabel(messages(language).get('place') ?? '', { exact: true });
    expect(await seen.evaluate((one) => one.checkVisibility({ opacityProperty: true })), 'at the end all of it is there').toBe(true);
  }
});

test('of a promise what has the focus is never under the act or the head, forwards and back, also with large letters', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const act = await promising(page, 'nl', 'fr');
  for (const size of ['16px', '32px']) {
    await page.evaluate((size) => document.documentElement.style.setProperty('font-size', size), size);
    await page.getByRole('heading', { level: 1 }).click();
    for (const key of ['Tab', 'Shift+Tab']) {
      for (let n = 0; n < 45; n += 1) {
        await page.keyboard.press(key);
        await expect.poll(() => act.evaluate(isUnseen), `${size} ${key} ${n}`).toBe(false);
      }
    }
  }
});
