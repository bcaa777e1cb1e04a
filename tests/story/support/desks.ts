/** What coordinators do over and over at their desk, and whether everybody can use what is on the screen. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Afmelden', exact: true }).click();
  await page.getByRole('button', { name: 'Ja, afmelden' }).click();
  await expect(page.getByRole('heading', { name: 'Coördinatoren melden zich aan' })).toBeVisible({ timeout: 30_000 });
}

export async function typeIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Wachtwoord').fill(password);
  await page.getByRole('button', { name: 'Aanmelden' }).click();
}

export async function expectDesk(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Nazicht' })).toBeVisible({ timeout: 30_000 });
}

/** Whether everybody can use what is on the screen. */
export async function usable(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
}
