/** The screens of a hand-over at the table, one after the other, in a language: on its way, refused or not, taken, why not, ended; its card, and erasing by it. */
import type { Page } from '@playwright/test';
import { messages } from './messages.ts';
import { expect, go } from './story.ts';

/** Goes through them for the hare with `number`, and lets `look` look at each. */
export async function handedOver(page: Page, language: 'nl' | 'fr' | 'en', number: string, look: (where: string) => Promise<void>): Promise<void> {
  const words = messages(language);
  const say = (key: string): string => words.get(key) ?? key;
  const button = (key: string) => page.getByRole('main').getByRole('button', { name: say(key), exact: true });
  const looks = (where: string): Promise<void> => look(`${language} ${where}`);

  await go(page, say('receive'));
  await expect(button('find-card')).toBeVisible();
  await looks('receive');
  await page.getByRole('button', { name: new RegExp(`${say('animal-hare')} ${number}`) }).click();
  await expect(button('take')).toBeVisible();
  await looks('on its way');
  await button('reason-language').click();
  await expect(button('cannot-take-sure')).toBeVisible();
  await looks('not at this table');
  await button('cancel').click();
  await button('take').click();
  await expect(button('reason-got-help')).toBeVisible();
  await looks('taken');
  await button('referral-state-failed').click();
  await expect(button('reason-no-capacity')).toBeVisible();
  await looks('why not');
  await button('reason-counter-closed').click();
  await expect(button('to-next-card')).toBeVisible();
  await looks('ended');
  await button('wrong-card').click();
  await expect(button('wrong-card-sure')).toBeVisible();
  await looks('the wrong card');
  await button('all-on-card').click();
  await expect(button('erase')).toBeVisible();
  await looks('card');
  await button('erase').click();
  await page.getByLabel(say('erase-digits')).fill(number);
  await expect(button('erase-sure')).toBeEnabled();
  await looks('erasing');
  await button('erase-sure').click();
  // The card stands there until its erasure has come back; who looks meanwhile sees it go.
  await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
  await looks('erased');
}
