/** The targets of `make fuzz` on the tablet, each for a moment and always the same: they still run, and what is promised is all that comes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { randomOf, spoil } from '../support/spoiling.ts';
import { TARGETS } from '../support/targets.ts';

const real = globalThis.fetch;
beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue());
afterEach(() => {
  globalThis.fetch = real;
  vi.restoreAllMocks();
});

test.each(Object.entries(TARGETS))(
  '%s: spoilt text is refused with a code, and nothing else',
  { timeout: 60_000 },
  async (name, { honest, take }) => {
    const random = randomOf(7);
    for (let count = 0; count < 150; count += 1) {
      const text = spoil(honest(random), random);
      await expect(take(text), `${name}: ${text.slice(0, 300)}`).resolves.toBeUndefined();
    }
  },
);

test.each(Object.entries(TARGETS))('%s: the honest text it starts from is taken', async (_, { honest, take }) => {
  const random = randomOf(7);
  for (let count = 0; count < 20; count += 1) await take(honest(random));
});
