import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../scripts/engine.ts';
import { failureOf, readVectors } from '../../scripts/vectors.ts';

const engine = await loadEngine();

for (const [file, vectors] of readVectors()) {
  describe(file, () => {
    for (const vector of vectors) it(vector.id, () => expect(failureOf(engine, file, vector)).toBeUndefined());
  });
}

it('counts the vectors, as the runner in Python does', () => {
  const count = [...readVectors().values()].reduce((sum, vectors) => sum + vectors.length, 0);
  console.log(`vectors: ${count}`);
  expect(count).toBeGreaterThan(300);
});
