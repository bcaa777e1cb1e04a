/** Usable by everybody: axe finds nothing on the screens of the day, at both sizes. */
import AxeBuilder from '@axe-core/playwright';
import { desk, enrol, expect, test } from './support.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

test('axe finds nothing on the worker screens', async ({ demo, tablet }) => {
  const page = await enrol(tablet, await demo.linkFor('Noor Zilverberk'));
  const look = async (): Promise<void> => {
    const found = await new AxeBuilder({ page }).withTags(TAGS).analyze();
    expect(found.violations.map((one) => `${page.url()} ${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  };
  await look();
  for (const way of ['Nieuw gesprek', 'Doorverwijzen', 'Afspraken']) {
    await page.getByRole('navigation').getByRole('button', { name: way }).click();
    await page.waitForTimeout(300);
    await look();
  }
});

test('axe finds nothing at the desk', async ({ demo, coordinator }) => {
  const page = await desk(coordinator, demo);
  for (const way of ['Nazicht', 'Opzij gelegd', 'Actie', 'Kaarten', 'Mensen']) {
    await page.getByRole('navigation').getByRole('button', { name: way, exact: true }).click();
    await page.waitForTimeout(500);
    const found = await new AxeBuilder({ page }).withTags(TAGS).analyze();
    expect(found.violations.map((one) => `${way} ${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  }
});
