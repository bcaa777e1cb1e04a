/** What coordinators do over and over at their desk, and whether everybody can use what is on the screen. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { Demo } from './demo.ts';

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

/** As if the coordinator had signed in six minutes ago. */
export function letTimePass(demo: Demo): void {
  const database = new DatabaseSync(path.join(demo.folder, 'onthaal.sqlite'));
  database.exec('PRAGMA busy_timeout = 5000; UPDATE device SET verified_at = verified_at - 360000 WHERE is_session = 1');
  database.close();
}
