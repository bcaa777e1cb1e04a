import { afterEach, describe, expect, test, vi } from 'vitest';
import { lookAt } from '../../../pwa/src/device/linklook.ts';

const asked: unknown[] = [];
const answers = (status: number, body: unknown): void => {
  vi.stubGlobal('fetch', async (where: string, { body: said }: { body: string }) => {
    asked.push([where, JSON.parse(said)]);
    return new Response(JSON.stringify(body), { status });
  });
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  asked.length = 0;
});

describe('a link, before anything is typed', () => {
  test.each([
    [200, { works: true }, 'works'],
    [200, { works: false }, 'not'],
    [429, { code: 'too_many', detail: '' }, 'often'],
    [503, { code: 'busy', detail: '' }, 'away'],
    [200, null, 'away'], // the page of a hall's network
    [200, { works: 'yes' }, 'away'],
  ])('answered by %i %j is: %s', async (status, body, looked) => {
    answers(status, body);
    expect(await lookAt('code-1')).toBe(looked);
    expect(asked).toEqual([['/api/enrol/look', { code: 'code-1' }]]);
  });

  test('is not judged without a network, nor by one that never answers', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    expect(await lookAt('code-1')).toBe('away');
    vi.useFakeTimers();
    vi.stubGlobal('fetch', () => new Promise(() => undefined));
    const looked = lookAt('code-1');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await looked).toBe('away');
  });
});
