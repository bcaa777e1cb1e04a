/** Somebody who works by the keyboard alone: tab from where one is, and a key. */
import type { Locator, Page } from '@playwright/test';

const STEPS_MAX = 80;

/** Goes on by the tab key until something has the focus. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let n = 0; n < STEPS_MAX; n += 1) {
    if (await wanted.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the tab key never comes there');
}

/** Goes there by the tab key, and presses Enter. */
export async function presses(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
}

/** Takes the five words that are offered, by the keyboard alone; returns them. */
export async function takesByKeys(page: Page): Promise<string> {
  const words = await page.locator('.offered').innerText();
  await tabTo(page, page.getByLabel('Typ de vijf woorden'));
  await page.keyboard.type(words);
  await presses(page, page.getByRole('button', { name: 'Deze tablet gebruiken' }));
  return words;
}
