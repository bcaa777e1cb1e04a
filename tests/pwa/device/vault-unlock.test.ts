/** Unlocking: tries are counted before the secret is looked at, and no reload, tab or clock helps (T09). */
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import { Database } from '../../../pwa/src/device/schema.ts';
import { NONE } from '../../../pwa/src/device/vault/attempts.ts';
import { changeVault, databaseOf, inClear, vaults } from '../../../pwa/src/device/vault/clear.ts';
import { addVault, type Means, newLock, newVaultId, unlock, waitedFor } from '../../../pwa/src/device/vault/unlock.ts';
import { vaultRow } from './rows.ts';

const PIN = '294718';
const DELAYS_MS = [30_000, 60_000, 180_000, 420_000, 900_000];

/** A quick stand-in for Argon2id: what it costs is tested in vault-keys.test.ts. */
const means: Means = {
  stretch: async (secret, salt) => {
    const bytes = new TextEncoder().encode(`${secret} ${salt.join()}`);
    return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  },
  ask: async () => new Uint8Array(32).fill(5),
  clockMs: () => 0,
};

let id = '';

beforeEach(async () => {
  await inClear((clear) => clear.vaults.clear());
  id = newVaultId();
  const { lock } = await newLock(id, { tier: 'pin', secret: PIN }, means);
  await addVault(vaultRow({ id, lock }));
});

/** Tries a wrong PIN, as often as is allowed at once. */
async function triesWrong(times: number): Promise<string[]> {
  const ends: string[] = [];
  for (let i = 0; i < times; i += 1) ends.push((await unlock(id, '000001', means)).kind);
  return ends;
}

describe('who knows the secret', () => {
  test('opens the vault, and reads what was sealed in it', async () => {
    const first = await unlock(id, PIN, means);
    const again = await unlock(id, ` ${PIN} `, means);
    if (first.kind !== 'open' || again.kind !== 'open') throw new Error('it did not open');

    const bytes = await first.codec.seal('drafts', 'x', 'half a sen');
    expect(await again.codec.open('drafts', 'x', bytes)).toBe('half a sen');
  });

  test('has all tries again after a right one', async () => {
    await triesWrong(4);
    expect((await unlock(id, PIN, means)).kind).toBe('open');

    expect((await vaults())[0]?.attempts).toEqual(NONE);
  });

  test('is not counted where the tablet’s own lock stayed shut, and needs it where the vault has a passkey', async () => {
    const passkey = { passkey: { id: new Uint8Array(4), salt: new Uint8Array(32) }, secret: new Uint8Array(32).fill(5) };
    const { lock } = await newLock(id, { tier: 'passkey', secret: PIN, passkey }, means);
    await changeVault(id, (row) => ({ ...row, lock }));

    expect((await unlock(id, PIN, { ...means, ask: async () => null })).kind).toBe('cancelled');
    expect((await vaults())[0]?.attempts).toEqual(NONE);
    expect((await unlock(id, PIN, { ...means, ask: async () => new Uint8Array(32) })).kind).toBe('wrong');
    expect((await unlock(id, PIN, means)).kind).toBe('open');
  });
});

describe('who does not', () => {
  test('is told how many tries are left, and waits from the fifth on', async () => {
    expect(await unlock(id, '000001', means)).toEqual({ kind: 'wrong', triesLeft: 9, waitMs: 0 });
    await triesWrong(3);
    expect(await unlock(id, '000001', means)).toEqual({ kind: 'wrong', triesLeft: 5, waitMs: 30_000 });
    expect(await unlock(id, '000001', means)).toEqual({ kind: 'wait', waitMs: 30_000 });
  });

  test('is not let in early, not even with the right one', async () => {
    await triesWrong(5);
    expect((await unlock(id, PIN, means)).kind).toBe('wait');

    await waitedFor(id, 29_999);
    expect((await unlock(id, PIN, means)).kind).toBe('wait');
    await waitedFor(id, 1);
    expect((await unlock(id, PIN, means)).kind).toBe('open');
  });

  test('ends after ten: the keys are gone, also for who knows the secret; the vault and what it has to send stay', async () => {
    await triesWrong(5);
    for (const ms of DELAYS_MS) {
      await waitedFor(id, ms);
      await triesWrong(1);
    }

    const [row] = await vaults();
    expect([row?.lock, row?.courier]).toEqual([null, 'courier-1']);
    expect((await unlock(id, PIN, means)).kind).toBe('erased');
  });

  test('does not cost what could never leave without the keys: then there are only delays', async () => {
    const db = new Database(databaseOf(id));
    await db.outbox.add({ seq: 1, sealed: new Uint8Array(40) }); // written before vaults: no box of it
    db.close();
    await triesWrong(5);
    for (const ms of DELAYS_MS) {
      await waitedFor(id, ms);
      await triesWrong(1);
    }

    expect(await unlock(id, PIN, means)).toEqual({ kind: 'wait', waitMs: 900_000 });
    await waitedFor(id, 900_000);
    expect((await unlock(id, '000001', means)).kind).toBe('wait');
    await waitedFor(id, 900_000);
    expect((await unlock(id, PIN, means)).kind).toBe('open');
  });

  test('has used up a try when the app is killed while it looks at the secret', async () => {
    const killed: Means = {
      ...means,
      stretch: () => {
        throw new Error('battery');
      },
    };
    for (let i = 0; i < 5; i += 1) await expect(unlock(id, '000001', killed)).rejects.toThrow('battery');

    expect(await unlock(id, PIN, means)).toEqual({ kind: 'wait', waitMs: 30_000 });
  });

  test('gains nothing by many tabs at once: every try is counted', async () => {
    const ends = await Promise.all(Array.from({ length: 12 }, () => unlock(id, '000001', means)));

    expect(ends.filter(({ kind }) => kind === 'wrong').length).toBe(5);
    expect(ends.filter(({ kind }) => kind === 'wait').length).toBe(7);
  });
});

describe('a tablet whose browser has no room left', () => {
  test('lets in who knows the secret, and counts who does not as long as its page is open', async () => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    try {
      expect((await unlock(id, PIN, means)).kind).toBe('open');
      expect(await triesWrong(6)).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'wait']);
      expect((await unlock(id, PIN, means)).kind).toBe('wait');
      expect(await waitedFor(id, 30_000)).toBe(0);
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    await triesWrong(1); // and there is room again: what was counted is written down
    expect((await vaults())[0]?.attempts).toEqual({ wrong: 6, waitMs: 60_000 });
  });
});
