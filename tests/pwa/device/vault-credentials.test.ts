/** How a tablet of before vaults makes itself known, and that nothing is removed that has not left (T08). */
import 'fake-indexeddb/auto';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toBase64 } from '../../../pwa/src/device/base64.ts';
import { IndexedDisk } from '../../../pwa/src/device/db.ts';
import type { Database } from '../../../pwa/src/device/schema.ts';
import { randomBytes } from '../../../pwa/src/device/vault/bytes.ts';
import { databaseOf, inClear, vaults } from '../../../pwa/src/device/vault/clear.ts';
import { ALONE_MS, contactsOf, dropStale } from '../../../pwa/src/device/vault/contact.ts';
import { Credentials, openToken, sealToken, unregisteredOf } from '../../../pwa/src/device/vault/credentials.ts';
import { newVaultKey } from '../../../pwa/src/device/vault/keys.ts';
import { makeMemberKey } from '../../../pwa/src/device/vault/memberkey.ts';
import { membershipIn, Sealer, sealMembership } from '../../../pwa/src/device/vault/membership.ts';
import { sealedBy } from '../../../pwa/src/device/vault/sealed.ts';
import { unboxedIn, waitingIn } from '../../../pwa/src/device/waiting.ts';
import { held, issue, MINE, page, Tablet } from './bench.ts';
import { database } from './databases.ts';
import { vaultRow } from './rows.ts';

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const announced = async (id: string) => {
  const { publicKey } = await suite.kem.generateKeyPair();
  return { id, public: toBase64(new Uint8Array(await suite.kem.serializePublicKey(publicKey))) };
};
const transport = await announced('key-1-key-1');
const me = { member: 'm1', display_name: 'Noor', role: 'generalist', service: null, organisation: 'o1', device: 'd1', unready: false };
const OLD = 'a token of before vaults';

interface Asked {
  readonly token: string | undefined;
  readonly path: string;
  readonly body: { member_key: string; token: string; courier: string };
}
let asked: Asked[] = [];

/** A server that knows these tokens and answers /api/me/vault. */
function answers(how: (asked: Asked) => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', async (path: string, init: { headers: Record<string, string>; body: string }) => {
    const one = { path, token: init.headers.authorization?.replace('Bearer ', ''), body: JSON.parse(init.body) };
    asked.push(one);
    return how(one);
  });
}
const told = (): Response => new Response(JSON.stringify({ ...me, transport }));
const refused = (status: number, code: string): Response => new Response(JSON.stringify({ code }), { status });

let id = '';
let db: Database;
const { key } = await newVaultKey({ vault: 'v', salt: randomBytes(32), stretched: randomBytes(32) });
const codec = sealedBy(key, 'v');

beforeEach(async () => {
  asked = [];
  await inClear(async (clear) => {
    await clear.vaults.clear();
    await clear.carried.clear();
    await clear.identity.clear();
  });
  id = `v${randomBytes(4).join('')}`;
  db = database(databaseOf(id));
  const pair = await makeMemberKey();
  const signing = await crypto.subtle.exportKey('jwk', pair.privateKey);
  await db.meta.put(await sealMembership(codec, { me, signing, transport: null, unregistered: await unregisteredOf(pair) }));
  await inClear(async (clear) => clear.vaults.put(vaultRow({ id, courier: '', token: await sealToken(codec, OLD) })));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The vault as it opens now. */
async function opens(): Promise<{ sealer: Sealer; credentials: Credentials; disk: IndexedDisk }> {
  const [row] = await vaults();
  if (!row) throw new Error('no vault');
  const token = await openToken(codec, row);
  const sealer = new Sealer(db, codec, await membershipIn(db, codec, token));
  return { sealer, credentials: new Credentials(id, codec, token, sealer), disk: new IndexedDisk(db, codec, sealer.box) };
}

describe('a vault that moved in', () => {
  test('tells the server its key and goes by other tokens from then on, also after the next start', async () => {
    answers(told);
    const { credentials } = await opens();
    await credentials.settle();
    await credentials.settle();

    expect(asked.map(({ path, token }) => [path, token])).toEqual([['/api/me/vault', OLD]]);
    const { token, courier } = asked[0]?.body ?? {};
    expect(credentials.token).toBe(token);
    const next = await opens();
    expect([next.credentials.token, next.sealer.unregistered, next.sealer.transport]).toEqual([token, undefined, transport.id]);
    const [row] = await vaults();
    expect(row?.courier).toBe(courier);
    expect(new TextDecoder('latin1').decode(row?.token)).not.toContain(token);
  });

  test('boxes what was written before, and everything from then on when it is written', async () => {
    answers(told);
    const { credentials, sealer, disk } = await opens();
    const tablet = await Tablet.open({}, disk);
    await tablet.writes(issue({ own_words: 'before' }, 'issue-1'));
    expect(await unboxedIn(db)).toBe(1);

    await credentials.settle();
    expect(await disk.box(tablet.core.unsent.filter(({ box }) => sealer.isStale(box)))).toBe(true);
    await tablet.core.reloadSome([]);
    await tablet.writes(issue({ own_words: 'after' }, 'issue-2'));

    expect([await unboxedIn(db), await waitingIn(db)]).toEqual([0, 2]);
    const { request } = await tablet.calls();
    expect(request.edits?.map((edit) => (edit as { key?: string }).key)).toEqual([transport.id, transport.id]);
  });

  test('seals in one session for a day, locked or not; the next day, and another key of the server, begin another', async () => {
    answers(told);
    const { credentials, sealer } = await opens();
    await credentials.settle();
    const edit = { a: 'Qm3sXw1pT0k', n: 1, h: '01a2027f2ef90003', kind: 'issue', id: 'i', event: 'e', set: {}, over: {}, u: 0 };
    const sessionOf = async (one: Sealer): Promise<string | undefined> => (await one.box(edit))?.box.split('.')[0];

    const [first, second] = await Promise.all([sessionOf(sealer), sessionOf(sealer)]);
    const opened = await sessionOf((await opens()).sealer);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 3600_000);
    const [nextDay, afterwards] = [await sessionOf(sealer), await sessionOf((await opens()).sealer)];
    await sealer.follow(await announced('key-2-key-2'));
    const followed = await sessionOf(sealer);

    expect(first).toHaveLength(43);
    expect([second, opened, afterwards]).toEqual([first, first, nextDay]);
    expect(new Set([first, nextDay, followed]).size).toBe(3);
    expect(Buffer.from((await db.meta.get('session'))?.sealed ?? []).toString('latin1')).not.toContain(followed);
  });

  test('opens another session where its row was changed, or cannot be kept', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    answers(told);
    const { credentials, sealer } = await opens();
    await credentials.settle();
    const edit = { a: 'Qm3sXw1pT0k', n: 1, h: '01a2027f2ef90003', kind: 'issue', id: 'i', event: 'e', set: {}, over: {}, u: 0 };
    const first = await sealer.box(edit);
    await db.meta.update('session', { sealed: new Uint8Array(40) });
    const full = vi.spyOn(db.meta, 'put').mockRejectedValue(new DOMException('full', 'QuotaExceededError') as never);

    const second = await (await opens()).sealer.box(edit);

    expect(full).toHaveBeenCalled();
    expect([first?.box.split('.')[0] === second?.box.split('.')[0], second?.key]).toEqual([false, transport.id]);
  });

  test('seals anew what waits for an older key of the server, and leaves what was answered', async () => {
    answers(told);
    const { credentials, sealer, disk } = await opens();
    await credentials.settle();
    const tablet = await Tablet.open({}, disk);
    await tablet.writes(issue({ own_words: 'one' }, 'issue-1'));
    await tablet.writes(issue({ own_words: 'two' }, 'issue-2'));
    await db.boxes.update(1, { ack: 'ok' });

    await sealer.follow(await announced('key-2-key-2'));
    await disk.box(tablet.core.unsent.filter(({ box }) => sealer.isStale(box)));

    expect((await db.boxes.toArray()).map(({ box, ack }) => [box.key, ack])).toEqual([
      ['key-1-key-1', 'ok'],
      ['key-2-key-2', ''],
    ]);
  });

  test('is locked out by no answer that is lost: the same is told once more, by the token that the server knows by then', async () => {
    let known = OLD;
    answers(({ token, body }) => {
      if (token !== known) return refused(401, 'signed_out');
      known = body.token;
      return asked.length === 1 ? Promise.reject(new TypeError('the network went')) : told();
    });
    const { credentials } = await opens();
    await credentials.settle();
    expect(credentials.token).toBe(OLD);

    await credentials.settle();

    expect(asked.map(({ token }) => token)).toEqual([OLD, OLD, known]);
    expect(new Set(asked.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await opens()).credentials.token).toBe(known);
  });

  test('is known after a battery was taken out between the server’s answer and its disk', async () => {
    answers(({ token, body }) => (token === OLD && asked.length > 1 ? refused(401, 'signed_out') : body ? told() : told()));
    const { credentials, sealer } = await opens();
    vi.spyOn(sealer, 'registered').mockRejectedValue(new Error('battery'));
    await expect(credentials.settle()).rejects.toThrow('battery');

    const next = await opens();
    await next.credentials.settle();

    expect([next.sealer.unregistered, next.sealer.transport]).toEqual([undefined, transport.id]);
    expect(next.credentials.token).toBe(asked[0]?.body.token);
  });

  test.each([404, 409, 500, 503])('goes on as before where the server says %d', async (status) => {
    answers(() => refused(status, 'x'));
    const { credentials, sealer } = await opens();
    await credentials.settle();

    expect([credentials.token, sealer.transport, (await vaults())[0]?.courier]).toEqual([OLD, '', '']);
  });
});

describe('a vault whose seal fails', () => {
  test('keeps the edit all the same', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    answers(() => new Response(JSON.stringify({ ...me, transport: { id: 'key-3-key-3', public: 'not a key' } })));
    const { credentials, disk } = await opens();
    await credentials.settle();
    const tablet = await Tablet.open({}, disk);

    await tablet.writes(issue({ own_words: 'cold' }, 'issue-1'));

    expect([tablet.outbox, await unboxedIn(db)]).toEqual([['cold'], 1]);
  });

  test('opens without its token where somebody changed that on the disk', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await inClear((clear) => clear.vaults.update(id, { token: randomBytes(60) }));

    expect((await opens()).credentials.token).toBe('');
  });
});

describe('two weeks without contact', () => {
  const NOW = 9e12;

  async function read(): Promise<Tablet> {
    const { disk } = await opens();
    const tablet = await Tablet.open({}, disk);
    await tablet.syncs({ streams: { [MINE]: page(0, 1, [held('issue-7', [{ a: 'otherAuthor', n: 1, set: { theme: 'ENE' } }])]) } });
    await tablet.writes(issue({ own_words: 'cold' }, 'issue-1'));
    await db.drafts.put({ name: 'words/7', sealed: await codec.seal('drafts', 'words/7', 'half') });
    await db.bundles.put({ first: 'issue-7', ids: ['issue-7'], sealed: await codec.seal('bundles', 'issue-7', {}) });
    return tablet;
  }

  test('drop what was read and keep what was written; all is read again from the start', async () => {
    const tablet = await read();
    await contactsOf(id, () => NOW)(true);

    await dropStale(NOW + ALONE_MS - 1);
    expect([await db.records.count(), (await vaults())[0]?.isEmptied]).toEqual([1, false]);
    await dropStale(NOW + ALONE_MS);

    const counts = [db.records, db.bundles, db.streams, db.outbox, db.drafts].map((table) => table.count());
    expect(await Promise.all(counts)).toEqual([0, 0, 0, 1, 1]);
    await tablet.restarts();
    expect([tablet.outbox, tablet.shows('issue-7')]).toEqual([['cold'], undefined]);
    expect({ ...(await tablet.calls()).request.cursors }).toEqual({});
    const heard = contactsOf(id, () => NOW + ALONE_MS);
    await heard(false);
    expect((await vaults())[0]?.isEmptied).toBe(true);
    await heard(true);
    expect((await vaults())[0]?.isEmptied).toBe(false);
  });

  test('begin now where the clock that noted the last contact was ahead', async () => {
    await read();
    await contactsOf(id, () => NOW * 2)(true);

    await dropStale(NOW);
    expect(await db.records.count()).toBe(1);
    await dropStale(NOW + ALONE_MS);
    expect(await db.records.count()).toBe(0);
  });
});
