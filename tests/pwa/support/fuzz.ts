/** The tablet's half of make fuzz: spoilt text into every decoder of what comes from outside. `FUZZ_SECONDS` each; `FUZZ_SEED` repeats a run. */
import { randomOf, spoil } from './spoiling.ts';
import { TARGETS } from './targets.ts';

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));
const seconds = Number(process.env.FUZZ_SECONDS ?? 60);
console.error = () => {}; // what the app complains of is what it is made to
console.log(`FUZZ_SEED=${seed} FUZZ_SECONDS=${seconds}`);
for (const [name, { honest, take }] of Object.entries(TARGETS)) {
  const random = randomOf(seed);
  const end = performance.now() + seconds * 1000;
  let count = 0;
  for (; performance.now() < end; count += 1) {
    const text = spoil(honest(random), random);
    await take(text).catch((error: unknown) => {
      console.log(`${name}: ${JSON.stringify(text.slice(0, 2000))}`);
      throw error;
    });
  }
  console.log(`${name.padEnd(16)}${String(count).padStart(8)} inputs`);
}
