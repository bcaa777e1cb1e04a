/** Usable by everybody: axe finds nothing, on the tablet and at the desk; what is touched is large enough, words stand out enough. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { handedOver } from './support/handedover.ts';
import { presses } from './support/keys.ts';
import { messages } from './support/messages.ts';
import { chooseCard, desk, enrol, expect, go, handOver, installed, newTalk, tap, test, write } from './support/story.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/** What axe finds on a screen, and every text under 7:1; where it says nothing of contrast it did not look. */
async function found(page: Page, where: string): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  axe.options({ runOnly: { type: 'tag', values: TAGS }, rules: { 'color-contrast-enhanced': { enabled: true } } });
  const { violations, passes } = await axe.analyze();
  expect(passes.map(({ id }) => id)).toContain('color-contrast-enhanced');
  return violations.map((one) => `${where} ${one.id}: ${one.nodes[0]?.html}`);
}

/** What is to be touched on a screen and is smaller than 56 px. */
const small = (page: Page, where: string): Promise<string[]> =>
  page.locator('a:visible, button:visible, select:visible, input:visible, textarea:visible, summary:visible').evaluateAll(
    (all, at) =>
      all
        .filter((one) => one.checkVisibility({ contentVisibilityAuto: true }) && !one.classList.contains('visually-hidden'))
        .map((one) => ({ one, box: one.getBoundingClientRect() }))
        .filter(({ box }) => box.height < 55.5 || box.width < 55.5)
        .map(({ one, box }) => `${at}: ${one.textContent?.trim()} ${Math.round(box.width)}×${Math.round(box.height)}`),
    where,
  );

/** What stands out of the screen at its right side. */
const wide = (page: Page, where: string): Promise<string[]> =>
  page.locator('body *:visible').evaluateAll(
    (all, at) =>
      all
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.table'))
        .map((one) => `${at}: ${one.tagName} ${one.className} ${one.textContent?.trim().slice(0, 30)}`),
    where,
  );

/** What takes the focus, from the first to the last by the tab key, and lies under something else then (WCAG 2.4.11). */
async function covered(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let n = 0; n < 100; n += 1) {
    await page.keyboard.press('Tab');
    const one = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return null;
      const box = focused.getBoundingClientRect();
      const above = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, innerHeight) / 2);
      const isSeen = focused.contains(above) || (above?.contains(focused) ?? false);
      return isSeen ? '' : `${focused.tagName} ${focused.textContent?.trim().slice(0, 40)} under ${above?.tagName} ${above?.className}`;
    });
    if (one === null) return found;
    if (one) found.push(`${where}: ${one}`);
  }
  return [...found, `${where}: the tab key never comes to an end`];
}

test('every field screen: axe finds nothing, contrast is 7:1, what is touched is 56 px', async ({ demo, tablet }) => {
  test.slow();
  const page = await enrol(tablet, demo.printedLink('generalist'));
  await installed(page);
  const look = async (where: string): Promise<void> => {
    await expect(page.getByText('Even geduld')).toHaveCount(0);
    expect(await found(page, where)).toEqual([]);
    expect(await small(page, where)).toEqual([]);
  };
  await look('square');
  await tap(page, 'koffie');
  await expect(page.getByRole('button', { name: 'Ongedaan maken' })).toBeVisible();
  await look('square, with a way back');
  await tablet.offline(true);
  for (const [way, heading] of [
    ['Nieuw gesprek', 'Nieuw gesprek'],
    ['Doorverwijzen', 'Doorverwijzen'],
    ['Afspraken', 'Afspraken'],
  ] as const) {
    await go(page, way);
    await expect(page.getByRole('heading', { name: heading, exact: true })).toBeVisible();
    await look(way);
  }
  await page.getByRole('button', { name: 'Afspraak maken' }).click();
  await expect(page.getByRole('button', { name: 'Het is beloofd' })).toBeVisible();
  await look('promise');
  expect(await covered(page, 'promise')).toEqual([]);
  await chooseCard(page, 'vos', '794');
  await write(page.getByLabel('Plaats'), 'Lokaal 4');
  await page.getByRole('group', { name: 'Wanneer?' }).getByRole('button').nth(1).click();
  await page.getByRole('button', { name: 'Het is beloofd' }).click();
  await page.getByRole('button', { name: 'vos 794' }).or(page.getByRole('button', { name: /^794/ })).first().click();
  await page.getByRole('button', { name: 'Voor de bezoeker' }).click();
  await expect(page.getByRole('img', { name: 'Een code om te scannen' })).toBeVisible();
  await look('promise that stands');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('img', { name: 'Een code om te scannen' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(0);
  await page.emulateMedia({ media: null });
  await newTalk(page, 'Wonen', 'Nat tot aan het plafond.');
  await page.getByText('Waar loopt het vast?').click();
  await look('talk');
  expect(await covered(page, 'talk')).toEqual([]);
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await look('settings');
  await go(page, 'Plein');
  await page.getByRole('button', { name: 'Groep of muur' }).click();
  await look('wall');
  await page.getByRole('button', { name: 'Scherm verbergen' }).click();
  await expect(page.getByRole('heading', { name: 'Wie werkt hier?' })).toBeVisible();
  await look('shield');
});

test('at the table: axe finds nothing, contrast is 7:1, what is touched is 56 px', async ({ demo, tablet }) => {
  const page = await enrol(tablet, demo.printedLink('service worker'));
  for (const way of ['Ontvangen', 'Afspraken', 'Plein']) {
    await go(page, way);
    await page.waitForLoadState('domcontentloaded');
    expect(await found(page, way)).toEqual([]);
    expect(await small(page, way)).toEqual([]);
  }
  await page.getByRole('button', { name: 'Instellingen' }).click();
  await page.getByRole('button', { name: 'Hoe wil je herinnerd worden?' }).click();
  await expect(page.getByRole('group', { name: 'Stille dagen' })).toBeVisible();
  await page.getByRole('button', { name: 'Maak een link' }).click();
  await expect(page.getByRole('img', { name: 'De link als code' })).toBeVisible();
  expect(await found(page, 'reminders')).toEqual([]);
  expect(await small(page, 'reminders')).toEqual([]);
});

test('a hand-over as the table sees it, its card and erasing by it: axe finds nothing, contrast is 7:1, what is touched is 56 px', async ({ demo, tablet, second }) => {
  test.slow();
  const generalist = await enrol(tablet, demo.printedLink('generalist'));
  const page = await enrol(second, demo.printedLink('service worker'));
  for (const number of ['059', '794']) {
    await newTalk(generalist, 'Wonen', 'Nat tot aan het plafond.');
    await handOver(generalist, 'Tafel 3', 'haas', number, true);
  }
  for (const [language, number] of [['nl', '059'], ['fr', '794']] as const) {
    await page.getByRole('button', { name: messages('nl').get('settings') ?? '' }).click();
    await page.getByRole('button', { name: { nl: 'Nederlands', fr: 'Français' }[language] }).click();
    await handedOver(page, language, number, async (where) => {
      expect(await found(page, where)).toEqual([]);
      expect(await small(page, where)).toEqual([]);
      expect(await wide(page, where)).toEqual([]);
      expect(await covered(page, where)).toEqual([]);
    });
  }
});

test('at the desk: axe finds nothing, contrast is 7:1, what is touched is 56 px', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  for (const way of ['Nazicht', /Twee versies/, 'Opzij gelegd', 'Actie', 'Kaarten', 'Mensen', 'Herinneringen', 'Logboek', 'Mijn account']) {
    await go(page, way);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText('Even geduld')).toHaveCount(0);
    expect(await found(page, String(way))).toEqual([]);
    expect(await small(page, String(way))).toEqual([]);
  }
  await go(page, 'Nazicht');
  await page.locator('[data-case]').first().click();
  await expect(page.getByRole('heading', { name: 'Wat wacht, en op wie' }).or(page.getByRole('article').first()).first()).toBeVisible();
  expect(await found(page, 'case')).toEqual([]);
  expect(await small(page, 'case')).toEqual([]);

  // Letters of twice the size: nothing is cut off, and nobody scrolls sideways (WCAG 1.4.4).
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '32px';
  });
  expect(await wide(page, 'case')).toEqual([]);
  await page.getByRole('button', { name: 'Nagekeken', exact: true }).click();
  await expect(page.getByText('Aangeduid als nagekeken')).toBeVisible();
  expect(await wide(page, 'reviewed')).toEqual([]);
  for (const way of ['Nazicht', /Twee versies/, 'Opzij gelegd', 'Actie', 'Kaarten', 'Mensen', 'Herinneringen', 'Logboek']) {
    await go(page, way);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText('Even geduld')).toHaveCount(0);
    expect(await wide(page, String(way))).toEqual([]);
  }

  // The way out is in sight, and who signed out in French reads French.
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '';
  });
  await page.getByLabel('Taal').selectOption('fr');
  await expect(page.getByRole('button', { name: 'Se déconnecter', exact: true })).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Se déconnecter', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Annuler' })).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Oui, se déconnecter' }).click();
  await expect(page.getByRole('heading', { name: 'La coordination se connecte' })).toBeVisible({ timeout: 30_000 });
});

test('whoever goes elsewhere by keyboard goes on at the title of that screen, at its first opening too, and on the way back', async ({
  demo,
  tablet,
  coordinator,
}) => {
  const page = await enrol(tablet, demo.printedLink('generalist'));
  const steps = async (where: Page, way: string, title: string): Promise<void> => {
    await where.getByRole('button', { name: way, exact: true }).focus();
    await where.keyboard.press('Enter');
    await expect(where.getByRole('heading', { level: 1, name: title })).toBeFocused();
  };
  // Whoever let themselves in goes on at the first screen.
  await expect(page.getByRole('heading', { level: 1, name: 'Plein' })).toBeFocused();
  await steps(page, 'Afspraken', 'Afspraken');
  await steps(page, 'Instellingen', 'Instellingen');
  await page.getByRole('button', { name: 'Terug' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Afspraken' })).toBeFocused();
  await steps(page, 'Plein', 'Plein');
  await page.keyboard.press('Tab'); // on with what stands there, not with the head of the page again
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);

  const at = await desk(coordinator, demo);
  await at.locator('[data-case]').filter({ hasText: 'nieuw' }).first().click();
  await presses(at, at.getByRole('button', { name: 'Nagekeken' }));
  await expect(at.locator('main').getByRole('heading').and(at.locator(':focus'))).toBeVisible();
  await steps(at, 'Mensen', 'Mensen');
  await steps(at, 'Logboek', 'Logboek');
});
