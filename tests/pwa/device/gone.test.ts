import { afterEach, expect, test, vi } from 'vitest';
import { afterEnd, isToldGone, languageBefore } from '../../../pwa/src/device/gone.ts';

/** A page at an address, in a language. */
function page(address: string, lang = 'nl'): { readonly replaced: string[] } {
  const replaced: string[] = [];
  vi.stubGlobal('location', new URL(address, 'https://onthaal.example'));
  vi.stubGlobal('document', { documentElement: { lang } });
  vi.stubGlobal('history', { replaceState: (_: unknown, __: string, to: string) => replaced.push(to) });
  return { replaced };
}
afterEach(() => vi.unstubAllGlobals());

test('the page after the end of a device speaks the language of the one before, and its address tells it once', () => {
  page('/desk', 'fr');
  const [own, afar] = [afterEnd('gone'), afterEnd('revoked')];
  expect([own, afar]).toEqual(['/#lang=fr', '/?gone#lang=fr']);

  const after = page(afar);
  expect([isToldGone(), languageBefore()]).toEqual([true, 'fr']);
  expect(after.replaced[0]).toBe('/#lang=fr');

  const { replaced } = page(own);
  expect([isToldGone(), languageBefore(), replaced]).toEqual([false, 'fr', ['/']]);
});

test('a link is no language', () => {
  page('/#enrol=abc');
  expect([isToldGone(), languageBefore()]).toEqual([false, '']);
});
