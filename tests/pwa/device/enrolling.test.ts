import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fourWords, hashOf } from '../../../pwa/src/device/fourwords.ts';
import { dropWaiting, giveUp, standing } from '../../../pwa/src/device/standing.ts';
import { inClear, vaults, waitingVault } from '../../../pwa/src/device/vault/clear.ts';
import { vaultRow } from './rows.ts';

const WORDS = ['een', 'twee', 'drie', 'vier'];
const CODE = 'P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE';

const waits = (): Promise<unknown> => inClear((clear) => clear.vaults.put(vaultRow({ id: 'v1', stage: 'waiting', words: WORDS })));
const asked: string[] = [];
const answers = (status: number, body: unknown): void => {
  vi.stubGlobal('fetch', async (where: string, { headers }: { headers: Record<string, string> }) => {
    asked.push(`${where} ${headers.authorization}`);
    return new Response(JSON.stringify(body), { status });
  });
};

afterEach(async () => {
  vi.unstubAllGlobals();
  asked.length = 0;
  await inClear((clear) => clear.vaults.clear());
});

describe('the four words', () => {
  test('are these, of this code and key, in each language', async () => {
    const code = await hashOf(CODE);
    expect(code).toBe('8274698c1403fe59a86ccc9a1a6609517d6c758655d1005eb3da1f0e268a969e');
    expect(await fourWords(code, 'key-1', 'nl')).toEqual(['park', 'lezen', 'stijve', 'nogmaals']);
    expect(await fourWords(code, 'key-1', 'fr')).toEqual(['otarie', 'kimono', 'réserve', 'médecin']);
    expect(await fourWords(code, 'key-1', 'en')).toEqual(['picnic', 'leaf', 'sight', 'noise']);
  });

  test('are others for another code, and for every one of a thousand keys', async () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `key-${i}`);
    const all = await Promise.all([...keys.map((key) => fourWords('code', key, 'en')), fourWords('other', 'key-1', 'en')]);
    expect(new Set(all.map((words) => words.join(' '))).size).toBe(1001);
  });
});

describe('a vault that waits for a coordinator', () => {
  test('is nobody’s on the lock screen, and keeps its words over a reload', async () => {
    await waits();
    expect(await vaults()).toEqual([]);
    expect((await waitingVault())?.words).toEqual(WORDS);
  });

  test('is its worker’s once it was confirmed, and asks by the token that reads nothing', async () => {
    await waits();
    answers(200, { state: 'waiting' });
    expect(await standing()).toBe('waiting');
    answers(200, { state: 'confirmed' });
    expect(await standing()).toBe('confirmed');

    expect(asked).toEqual(['/api/enrol/state Bearer courier-1', '/api/enrol/state Bearer courier-1']);
    expect((await vaults()).map(({ id, words }) => [id, words])).toEqual([['v1', undefined]]);
    expect(await standing()).toBeNull();
  });

  test('waits on without a network, and where something in between answers', async () => {
    await waits();
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    expect(await standing()).toBe('waiting');
    answers(502, null);
    expect(await standing()).toBe('waiting');
    answers(401, null);
    expect(await standing()).toBe('waiting');
    expect(await waitingVault()).toBeDefined();
  });

  test.each(['refused', 'stopped', 'late'])('is told that it was %s, and goes when that was read', async (state) => {
    await waits();
    answers(200, { state });
    expect(await standing()).toBe(state);
    expect(await waitingVault()).toBeDefined();
    await dropWaiting();
    expect(await standing()).toBeNull();
  });

  test('is unknown where the server never heard of it, and gives up with or without a network', async () => {
    await waits();
    answers(401, { code: 'signed_out', detail: '' });
    expect(await standing()).toBe('unknown');
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    await giveUp();
    expect(await waitingVault()).toBeUndefined();
  });
});
