/** The keys of a vault: who opens it, and who does not. Real WebCrypto, real Argon2id. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tampered } from '../../../pwa/src/device/codec.ts';
import { type Cost, FLOOR, FULL, stretch } from '../../../pwa/src/device/vault/argon.ts';
import { randomBytes } from '../../../pwa/src/device/vault/bytes.ts';
import { calibrated, WAIT_MS } from '../../../pwa/src/device/vault/calibrate.ts';
import { newVaultKey, type Parts, unwrapped } from '../../../pwa/src/device/vault/keys.ts';
import { sealedBy } from '../../../pwa/src/device/vault/sealed.ts';

const salt = randomBytes(32);
const parts = (over: Partial<Parts> = {}): Parts => ({ vault: 'vault-a', salt, stretched: new Uint8Array(32).fill(7), ...over });

describe('stretching a secret', () => {
  test('is Argon2id: the same bytes as the reference implementation gives', async () => {
    const bytes = await stretch('password', new TextEncoder().encode('somesaltsomesalt'), FLOOR);

    expect(Buffer.from(bytes).toString('hex')).toBe('2b5dc4054886ec957ef59c73b661c54dd6fb274590b278f657c6d96aac8fa6d1');
  });

  test('is never cheaper than the floor, whatever a changed row asks for', async () => {
    await expect(stretch('x', salt, { memoryKib: 8, passes: 2 })).rejects.toThrow(RangeError);
    await expect(stretch('x', salt, { memoryKib: FULL.memoryKib, passes: 1 })).rejects.toThrow(RangeError);
  });
});

describe('how costly a guess is on this tablet', () => {
  /** A tablet on which one MiB takes so long for one pass. */
  const tablet = (msPerPass: number): { measured: Cost[]; measure: (cost: Cost) => Promise<number> } => {
    const measured: Cost[] = [];
    return {
      measured,
      measure: async (cost) => {
        measured.push(cost);
        return (cost.memoryKib / 1024) * cost.passes * msPerPass;
      },
    };
  };

  test.each([
    [1.5, FULL],
    [6, { memoryKib: 64 * 1024, passes: 2 }],
    [8, { memoryKib: 46 * 1024, passes: 2 }],
    [40, FLOOR],
  ])('at %d ms a pass', async (msPerPass, expected) => {
    expect(await calibrated(tablet(msPerPass).measure)).toEqual(expected);
  });

  test('is the costliest that its worker can wait for; on the slowest tablets nothing else is even tried', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.1, max: 400, noNaN: true }), async (msPerPass) => {
        const { measure, measured } = tablet(msPerPass);
        const cost = await calibrated(measure);
        if (cost !== FLOOR) expect(await measure(cost)).toBeLessThanOrEqual(WAIT_MS);
        expect(measured.every((one) => one.memoryKib >= FLOOR.memoryKib && one.passes >= FLOOR.passes)).toBe(true);
        if (msPerPass > 60) expect(measured).toEqual([FLOOR]);
      }),
    );
  });
});

describe('the key of a vault', () => {
  test('comes out for its own secret and passkey, and for nothing else', async () => {
    const passkey = new Uint8Array(32).fill(9);
    const { wrapped } = await newVaultKey(parts({ passkey }));

    expect(await unwrapped(wrapped, parts({ passkey }))).toMatchObject({ type: 'secret' });
    for (const other of [
      parts(),
      parts({ passkey: new Uint8Array(32).fill(8) }),
      parts({ passkey, stretched: new Uint8Array(32).fill(6) }),
      parts({ passkey, vault: 'vault-b' }),
      parts({ passkey, salt: randomBytes(32) }),
    ]) {
      expect(await unwrapped(wrapped, other)).toBe(null);
    }
  });

  test('does not come out of what was changed in one place', async () => {
    const { wrapped } = await newVaultKey(parts());
    for (let i = 0; i < wrapped.length; i += 1) {
      const changed = wrapped.slice();
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(await unwrapped(changed, parts())).toBe(null);
    }
  });

  test('stays in the browser: no script can take it out', async () => {
    const { key, wrapped } = await newVaultKey(parts());
    for (const one of [key, await unwrapped(wrapped, parts())]) {
      expect(one?.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('raw', one as CryptoKey)).rejects.toThrow();
    }
  });

  test('is another for every vault, also with the same PIN', async () => {
    const [one, two] = await Promise.all([newVaultKey(parts()), newVaultKey(parts())]);
    const bytes = await sealedBy(one.key, 'vault-a').seal('records', 'x', 'words');

    await expect(sealedBy(two.key, 'vault-a').open('records', 'x', bytes)).rejects.toBeInstanceOf(Tampered);
  });
});

describe('a sealed value', () => {
  const codec = newVaultKey(parts()).then(({ key }) => sealedBy(key, 'vault-a'));

  test('comes back as it was, in its own place only', async () => {
    const { seal, open } = await codec;
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string(), fc.string(), async (value, name, other) => {
        const bytes = await seal('records', name, value);
        expect(await open('records', name, bytes)).toEqual(JSON.parse(JSON.stringify(value)));
        await expect(open('kept', name, bytes)).rejects.toBeInstanceOf(Tampered);
        if (other !== name) await expect(open('records', other, bytes)).rejects.toBeInstanceOf(Tampered);
      }),
      { numRuns: 50 },
    );
  });

  test('says nothing: not its words, and not that it is the same as another', async () => {
    const { seal } = await codec;
    const [one, two] = await Promise.all(['a', 'a'].map((name) => seal('drafts', name, 'my heating is off')));

    expect(Buffer.from(one ?? []).includes('heating')).toBe(false);
    expect(one).not.toEqual(two);
  });

  test.each([0, 1, 12, 13, -1])('is refused where byte %d was changed, and where it was cut', async (at) => {
    const { seal, open } = await codec;
    const bytes = await seal('records', 'x', { own_words: 'cold' });
    const i = at < 0 ? bytes.length + at : at;
    const changed = bytes.slice();
    changed[i] = (changed[i] ?? 0) ^ 1;

    await expect(open('records', 'x', changed)).rejects.toBeInstanceOf(Tampered);
    await expect(open('records', 'x', bytes.slice(0, i))).rejects.toBeInstanceOf(Tampered);
  });
});
