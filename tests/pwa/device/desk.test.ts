/** A desk whose key the server does not tell: how often it asks. */
import { expect, test } from 'vitest';
import { ApiError } from '../../../pwa/src/device/http.ts';
import { onceAnswered } from '../../../pwa/src/device/vault/desk.ts';

/** Asks a server that answers with `answers`, one after the other, and then well; gives back how long was waited before each. */
async function waited(...answers: readonly Error[]): Promise<number[]> {
  const [pauses, left] = [[] as number[], [...answers]];
  const ask = async (): Promise<void> => {
    const answer = left.shift();
    if (answer) throw answer;
  };
  await onceAnswered(ask, async (ms) => void pauses.push(ms));
  return pauses;
}

const odd = new ApiError('bad_reply', 200);

test('a desk asks a server that answers oddly less and less often, never less than once a minute', async () => {
  expect(await waited(...Array.from({ length: 7 }, () => odd))).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000, 60_000]);
  expect(await waited(new ApiError('internal', 500), new ApiError('offline', 0))).toHaveLength(3);
});

test('a desk stops asking where the server knows it no longer: its coordinator signs in again', async () => {
  expect(await waited(odd, new ApiError('signed_out', 401), odd)).toEqual([3_000, 6_000]);
});

test('what is no answer at all is not taken for one', async () => {
  await expect(waited(new TypeError('a mistake of ours'))).rejects.toThrow('a mistake of ours');
});
