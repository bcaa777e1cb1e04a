/** The main screens in French and English: no label is empty, no message shows its own name, nothing was left in Dutch. */
import type { Page } from '@playwright/test';
import { EMAIL, PASSWORD } from './support/demo.ts';
import { handedOver } from './support/handedover.ts';
import { messages } from './support/messages.ts';
import { enrol, expect, handOver, newTalk, test } from './support/story.ts';

const SLOW = { timeout: 30_000 };

/** Runs in the page: every text that is shown, and what can be touched or filled in but has no name. */
function shownTexts(): { texts: string[]; nameless: string[] } {
  const visible = (one: Element): boolean => one.checkVisibility();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts: string[] = [];
  while (walker.nextNode()) if (walker.currentNode.parentElement && visible(walker.currentNode.parentElement)) texts.push(walker.currentNode.textContent ?? '');
  const named = [...document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')].filter(visible);
  for (const one of named) for (const name of ['aria-label', 'placeholder', 'title', 'alt']) texts.push(one.getAttribute(name) ?? '');
  const nameless = [...document.querySelectorAll<HTMLInputElement>('button, a, input, select, textarea, summary, section[aria-label]')]
    .filter(visible)
    .filter((one) => !(one.getAttribute('aria-label') ?? one.textContent)?.trim() && ![...(one.labels ?? [])].some((label) => label.textContent?.trim()))
    .map((one) => one.outerHTML.slice(0, 120));
  return { texts: texts.map((text) => text.trim()).filter(Boolean), nameless };
}

/** Looks at a screen in a language; what is wrong with it is named in the failure. */
async function inItsLanguage(page: Page, language: 'fr' | 'en', screen: string): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  const own = new Set(messages(language).values());
  const dutch = [...messages('nl').values()].filter((words) => !own.has(words));
  const keys = [...messages('nl').keys()].filter((key) => key.includes('-'));
  const foreign = new Set([...dutch, ...keys]);
  foreign.delete('Nederlands'); // each language calls itself
  const { texts, nameless } = await page.evaluate(shownTexts);
  expect(texts.length, screen).toBeGreaterThan(3);
  expect({ screen, nameless, left: texts.filter((text) => foreign.has(text) || /^Tafel \d/.test(text)) }).toEqual({ screen, nameless: [], left: [] });
}

test('a tablet in French and in English shows no word of Dutch, no name of a message and nothing without a name', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  let words = messages('nl');
  const say = (key: string): string => words.get(key) ?? key;
  const way = (key: string) => page.getByRole('navigation').getByRole('button', { name: say(key) }).click();
  for (const language of ['fr', 'en'] as const) {
    await page.getByRole('button', { name: say('settings') }).click();
    await page.getByRole('button', { name: { fr: 'Français', en: 'English' }[language] }).click();
    words = messages(language);
    await inItsLanguage(page, language, 'settings');
    await way('square');
    await expect(page.getByText('Table 3', { exact: true })).toBeVisible();
    await inItsLanguage(page, language, 'square');
    await page.getByRole('button', { name: say('group-or-wall') }).click();
    await inItsLanguage(page, language, 'wall');
    await way('hand-over');
    await inItsLanguage(page, language, 'hand-over');
    await way('promises');
    await inItsLanguage(page, language, 'promises');
    await page.getByRole('button', { name: say('make-promise') }).click();
    await inItsLanguage(page, language, 'promise');
    await way('new-talk');
    await inItsLanguage(page, language, 'new talk');
    await page.locator('.themes button').first().click();
    await page.getByText(say('where-stuck')).click();
    await page.getByText(say('wants')).click();
    await inItsLanguage(page, language, 'talk');
  }
  await page.reload();
  await expect(page.getByRole('heading', { name: say('vault-who') })).toBeVisible();
  await inItsLanguage(page, 'en', 'lock');
});

test('a hand-over as the table sees it, its card and erasing by it, do so too', async ({ demo, tablet, second }) => {
  test.slow();
  const generalist = await enrol(tablet, demo.printedLink('generalist'));
  const page = await enrol(second, demo.printedLink('service worker'));
  for (const number of ['059', '794']) {
    await newTalk(generalist, 'Wonen', 'Nat tot aan het plafond.');
    await handOver(generalist, 'Tafel 3', 'haas', number, true);
  }
  let settings = 'Instellingen';
  for (const [language, number] of [['fr', '059'], ['en', '794']] as const) {
    await page.getByRole('button', { name: settings }).click();
    await page.getByRole('button', { name: { fr: 'Français', en: 'English' }[language] }).click();
    settings = messages(language).get('settings') ?? '';
    await handedOver(page, language, number, (where) => inItsLanguage(page, language, where));
  }
});

test('the desk in French and in English does so too', async ({ demo, coordinator }) => {
  const page = await coordinator.open(`${demo.url()}/desk`);
  await page.getByRole('button', { name: 'Français' }).click();
  await inItsLanguage(page, 'fr', 'sign in');
  await page.locator('input[type="email"]').fill(EMAIL);
  await page.locator('input[type="password"]').fill(PASSWORD);
  await page.locator('input[type="password"]').press('Enter');
  await expect(page.getByText('1 suivi', { exact: true })).toBeVisible(SLOW); // one of them is one
  for (const language of ['fr', 'en'] as const) {
    const words = messages(language);
    if (language === 'en') await page.getByRole('navigation').getByRole('combobox').last().selectOption('en');
    for (const key of ['parked', 'event', 'cards', 'people', 'reminders', 'trail', 'account', 'review'] as const) {
      await page.getByRole('navigation').getByRole('button', { name: words.get(key) ?? key }).first().click();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible(SLOW);
      await inItsLanguage(page, language, key);
    }
    await page.locator('[data-case]').first().click();
    await inItsLanguage(page, language, 'case');
  }
});
