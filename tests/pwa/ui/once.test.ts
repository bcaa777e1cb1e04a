import { expect, test } from 'vitest';
import { once } from '../../../pwa/src/ui/once.ts';

test('what is touched twice while it is underway is done once, and can be done again afterwards', async () => {
  const done: string[] = [];
  let finish = (): void => undefined;
  const act = once(async (what: string) => {
    done.push(what);
    await new Promise<void>((resolve) => (finish = resolve));
  });

  act('first');
  act('second click');
  expect(done).toEqual(['first']);
  finish();
  await new Promise((resolve) => setTimeout(resolve));
  act('later');
  expect(done).toEqual(['first', 'later']);
});
