import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { codeInLink, enrol, entryBy, forgetIdentity, rememberedIdentity } from '../../../pwa/src/device/identity.ts';

const entry = entryBy(null);
const me = { member: 'm1', display_name: 'Noor', role: 'generalist', service: null, organisation: 'o1', device: 'd1' };

const answers = (body: unknown, status = 200): void => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status }));
};

afterEach(async () => {
  vi.unstubAllGlobals();
  await forgetIdentity();
});

describe('who is signed in on a tablet', () => {
  test('of a tablet is not on its disk in clear: a vault comes first', async () => {
    answers({ token: 'token-1', me });
    expect(await enrol('code', 'blue ribbon', 'public-key')).toEqual({ token: 'token-1', me });

    expect(await rememberedIdentity()).toBeNull();
  });

  test('is nobody at first, and nobody again when it was forgotten', async () => {
    expect(await rememberedIdentity()).toBeNull();
    answers(me);
    await entry.withPassword('griet@example.org', 'a long password', '');
    expect(await rememberedIdentity()).toBeNull();
    await entry.enter();
    expect(await rememberedIdentity()).toEqual({ token: null, me });

    await forgetIdentity();
    expect(await rememberedIdentity()).toBeNull();
  });

  test('is nobody where the code was used', async () => {
    answers({ code: 'code_used', detail: '' }, 410);

    await expect(enrol('code', '', 'public-key')).rejects.toMatchObject({ code: 'code_used', status: 410 });
    expect(await rememberedIdentity()).toBeNull();
  });

  test.each([
    ['#in=P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE', null],
    ['#enrol=P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE', 'P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE'],
    ['#enrol=short', null],
    ['#/desk', null],
    ['', null],
  ])('a link with %j holds the code %j', (hash, code) => {
    expect(codeInLink('enrol', hash)).toBe(code);
  });
});
