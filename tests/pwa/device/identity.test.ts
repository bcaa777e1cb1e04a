import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { codeInLink, entryBy, offersPin, rememberedIdentity } from '../../../pwa/src/device/identity.ts';
import { inClear } from '../../../pwa/src/device/vault/clear.ts';

const entry = entryBy(null);
const me = {
  member: 'm1',
  display_name: 'Noor',
  role: 'generalist',
  service: null,
  organisation: 'o1',
  device: 'd1',
  unready: false,
  transport: { id: 'key-1', public: 'p' },
};

const answers = (body: unknown, status = 200): void => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status }));
};

afterEach(async () => {
  vi.unstubAllGlobals();
  await inClear((clear) => clear.identity.clear());
});

describe('who is signed in on a tablet', () => {
  test('is nobody at first, and remembered from when their desk is entered', async () => {
    expect(await rememberedIdentity()).toBeNull();
    answers(me);
    await entry.withPassword('griet@example.org', 'a long password', '');
    expect(await rememberedIdentity()).toBeNull();
    await entry.enter();
    expect(await rememberedIdentity()).toEqual({ token: null, me });
  });

  test.each([
    ['#in=P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE', null],
    ['#enrol=P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE', 'P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE'],
    ['#enrol=P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE&pin', 'P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE'],
    ['#enrol=short', null],
    ['#/desk', null],
    ['', null],
  ])('a link with %j holds the code %j', (hash, code) => {
    expect(codeInLink('enrol', hash)).toBe(code);
  });

  test('a link says whether a PIN alone was accepted', () => {
    expect(['#enrol=P41K-leTl9JJFrPMyWq2&pin', '#enrol=P41K-leTl9JJFrPMyWq2', ''].map(offersPin)).toEqual([true, false, false]);
  });
});
