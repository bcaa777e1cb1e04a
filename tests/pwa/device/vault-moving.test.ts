/** A tablet of before vaults moves in, a desk in clear is sealed: nothing is lost, wherever the battery is taken out, and nothing stays in clear. */
import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toBase64 } from '../../../pwa/src/device/base64.ts';
import type { Codec } from '../../../pwa/src/device/codec.ts';
import { IndexedDisk } from '../../../pwa/src/device/db.ts';
import { KeptDrafts } from '../../../pwa/src/device/drafts.ts';
import { KEY, rememberedIdentity } from '../../../pwa/src/device/identity.ts';
import { Database } from '../../../pwa/src/device/schema.ts';
import { randomBytes } from '../../../pwa/src/device/vault/bytes.ts';
import { databaseOf, inClear, vaults } from '../../../pwa/src/device/vault/clear.ts';
import { sealToken } from '../../../pwa/src/device/vault/credentials.ts';
import { deskCopy } from '../../../pwa/src/device/vault/desk.ts';
import { clearDatabaseOf, waitsAtDesk } from '../../../pwa/src/device/vault/desks.ts';
import { newVaultKey } from '../../../pwa/src/device/vault/keys.ts';
import { membershipIn } from '../../../pwa/src/device/vault/membership.ts';
import { endMoves } from '../../../pwa/src/device/vault/moves.ts';
import { moveIn } from '../../../pwa/src/device/vault/moving.ts';
import { sealedBy } from '../../../pwa/src/device/vault/sealed.ts';
import { EVENT, held, issue, MINE, Tablet } from './bench.ts';
import { vaultRow } from './rows.ts';

const MARKER = 'zebrapad-marker-7';
const me = { member: 'm1', display_name: 'Noor', role: 'generalist', service: null, organisation: 'o1', device: 'd1' };
const identity = { me, token: 'token-1' };
const parts = { vault: 'vault-a', salt: randomBytes(32), stretched: randomBytes(32) };
const { key, wrapped } = await newVaultKey(parts);
const codec = sealedBy(key, parts.vault);
const row = vaultRow({
  id: parts.vault,
  courier: '',
  token: await sealToken(codec, identity.token),
  lock: { tier: 'passphrase', salt: parts.salt, cost: { memoryKib: 19 * 1024, passes: 2 }, wrapped, passkey: null },
});
const old = clearDatabaseOf(me.member);

const sealed = (value: unknown): { sealed: Uint8Array } => ({ sealed: new TextEncoder().encode(JSON.stringify(value)) });
const edit = (n: number): object => ({
  a: 'authorAuth1',
  n,
  h: '019c3d6a2b400003',
  kind: 'issue',
  id: `issue-${n}`,
  event: EVENT,
  set: { own_words: `${MARKER} ${n}` },
  over: {},
  u: 1,
});
const edited = (n: number, ack: string): object => sealed({ edit: edit(n), ack, ackedAt: ack ? 9e15 : 0, hidden: false });

/** The disk of a tablet as the app of before vaults left it: version 1 of both databases. Never changed here. */
async function before(): Promise<void> {
  const clear = new Dexie('onthaal');
  clear.version(1).stores({ identity: 'name' });
  await clear.table('identity').put({ name: 'identity', ...sealed(identity) });
  clear.close();
  const db = new Dexie(old);
  db.version(1).stores({
    records: 'id',
    outbox: '++seq',
    kept: 'seq',
    refused: 'seq',
    streams: 'name',
    meta: 'name',
    drafts: 'name',
    counters: 'name',
  });
  const wire = held('issue-1', [{ a: 'otherAuthor', n: 1, set: { own_words: MARKER } }]);
  await db.table('records').put({ id: 'issue-1', ...sealed({ wire, streams: { [MINE]: 1 } }) });
  await db.table('streams').put({ name: MINE, ...sealed({ name: MINE, cursor: 7, round: 1 }) });
  await db.table('meta').put({ name: 'meta', ...sealed({ epoch: 'epoch-1', repairedAt: 0 }) });
  await db.table('counters').put({ name: 'call', value: 811 });
  await db.table('drafts').put({ name: 'words/7', ...sealed(`${MARKER} half`) });
  await db.table('outbox').bulkPut([
    { seq: 5, ...edited(5, '') },
    { seq: 6, ...edited(6, '') },
  ]);
  await db.table('kept').put({ seq: 4, ...edited(4, 'ok') });
  await db.table('refused').put({ seq: 3, ...edited(3, 'refused bad_value') });
  db.close();
}

/** Everything that somebody has here, read as the app of today reads it. */
async function contentOf(db: Database, opens: Codec): Promise<object> {
  const tablet = await Tablet.open({}, new IndexedDisk(db, opens));
  const drafts = await KeptDrafts.open(db, opens);
  const { number, sent, request } = await tablet.calls();
  return {
    shows: tablet.shows('issue-1'),
    draft: drafts.get('words/7'),
    sent: sent.map(({ edit: { n } }) => n),
    kept: tablet.kept,
    refused: tablet.refused,
    call: [number, request.epoch, { ...request.cursors }],
    next: (await tablet.writes(issue({ theme: 'HOU' }, 'issue-9'))).n,
    seqs: [...tablet.core.state.outbox.keys()],
  };
}

async function everything(): Promise<object> {
  const db = new Database(databaseOf(row.id));
  const found = { me: (await membershipIn(db, codec, identity.token)).me, ...(await contentOf(db, codec)) };
  db.close();
  return found;
}

const CONTENT = {
  shows: { own_words: MARKER },
  draft: `${MARKER} half`,
  sent: [5, 6],
  kept: [`${MARKER} 4 ok`],
  refused: [`${MARKER} 3 refused bad_value`],
  call: [812, 'epoch-1', { [MINE]: 7 }],
  next: 1,
  seqs: [5, 6, 7],
};
const ALL = { me, ...CONTENT };

/** What lies in clear of this worker: of the old database, and of who is signed in. */
async function inTheOpen(): Promise<unknown[]> {
  const names = (await Dexie.getDatabaseNames()).filter((name) => name === old);
  return [...names, await rememberedIdentity()];
}

/** Every byte and text of all databases. */
async function onTheDisk(): Promise<string> {
  const lying: number[] = [];
  let text = '';
  for (const name of await Dexie.getDatabaseNames()) {
    const db = await new Dexie(name).open();
    for (const table of db.tables) {
      text += JSON.stringify(await table.toArray(), (_, value) => (value instanceof Uint8Array ? lying.push(...value) : value));
    }
    db.close();
  }
  return text + Buffer.from(lying).toString('latin1');
}

const battery = (): never => {
  throw new Error('battery');
};

beforeEach(before);
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const name of await Dexie.getDatabaseNames()) await Dexie.delete(name);
});

describe('a tablet of before vaults', () => {
  test('has everything in its vault afterwards, and nothing in clear', async () => {
    await moveIn(identity, row, codec);

    expect(await everything()).toEqual(ALL);
    expect(await inTheOpen()).toEqual([null]);
    expect(await vaults()).toEqual([row]);
  });

  test('lies sealed on the disk: not a word of it, nor a name', async () => {
    await moveIn(identity, row, codec);

    for (const word of ['zebrapad', 'Noor', 'generalist']) expect(await onTheDisk()).not.toContain(word);
  });

  test('is moved by one tab alone', async () => {
    await moveIn(identity, row, codec);
    await expect(moveIn(identity, { ...row, id: 'vault-b' }, codec)).rejects.toThrow('another tab');

    expect((await vaults()).map(({ id }) => id)).toEqual(['vault-a']);
  });
});

describe('a battery that is taken out while a tablet moves in', () => {
  /** Stops the move when it reaches a call for the nth time. */
  function stopsAt(what: object, name: string, nth = 1): void {
    const target = what as Record<string, (...args: unknown[]) => unknown>;
    const real = target[name] as (...args: unknown[]) => unknown;
    let calls = 0;
    vi.spyOn(target, name).mockImplementation(function (this: unknown, ...args: unknown[]) {
      calls += 1;
      return calls >= nth ? battery() : real.apply(this, args);
    });
  }

  test.each([1, 2, 3, 5, 8])('before seal %d: everything is where it was, and moves at the next start', async (nth) => {
    const dying = { ...codec };
    stopsAt(dying, 'seal', nth);
    await expect(moveIn(identity, row, dying)).rejects.toThrow('battery');

    await endMoves();
    expect([await inTheOpen(), await vaults()]).toEqual([[old, identity], []]);
    await moveIn(identity, row, codec);
    expect(await everything()).toEqual(ALL);
  });

  test.each(['records', 'outbox', 'drafts', 'meta'])('while %s are written: nothing of the vault counts', async (store) => {
    const db = new Database(databaseOf(row.id));
    const creating = Database.prototype.table;
    db.close();
    vi.spyOn(Database.prototype, 'table').mockImplementation(function (this: Database, name: string) {
      return name === store && this.name === databaseOf(row.id) ? battery() : creating.call(this, name);
    });
    await expect(moveIn(identity, row, codec)).rejects.toThrow('battery');
    vi.restoreAllMocks();

    await endMoves();
    expect([await inTheOpen(), await vaults()]).toEqual([[old, identity], []]);
    await moveIn(identity, row, codec);
    expect(await everything()).toEqual(ALL);
  });

  test('after the vault is theirs and before the old database is deleted: only that is left to do', async () => {
    stopsAt(Dexie, 'delete');
    await expect(moveIn(identity, row, codec)).rejects.toThrow('battery');
    vi.restoreAllMocks();

    expect([await inTheOpen(), (await vaults()).length]).toEqual([[old, null], 1]);
    await endMoves();
    expect([await inTheOpen(), await everything()]).toEqual([[null], ALL]);
  });
});

describe('a desk of before its copy was sealed', () => {
  const SECRET = toBase64(randomBytes(32));
  const tells = (secret: string): void => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ key: secret })));
  };
  const content = async ({ db, codec: opens }: { db: Database; codec: Codec }): Promise<object> =>
    contentOf(db, opens).finally(() => db.close());

  test('has everything in its copy afterwards, and not a word lies in clear', async () => {
    tells(SECRET);
    await inClear((clear) => clear.identity.delete(KEY)); // that one says whose desk it is

    expect(await content(await deskCopy('m1'))).toEqual(CONTENT);
    expect(await Dexie.exists(old)).toBe(false);
    expect(await onTheDisk()).not.toContain('zebrapad');
  });

  test('goes on where it was stopped, and keeps what was written since', async () => {
    tells(SECRET);
    vi.spyOn(Dexie, 'delete').mockImplementation(() => battery());
    await expect(deskCopy('m1')).rejects.toThrow('battery');
    vi.restoreAllMocks();
    const { db, codec: opens } = await deskCopy('m1');
    await contentOf(db, opens); // writes one edit more
    db.close();

    expect(await content(await deskCopy('m1'))).toMatchObject({ sent: [5, 6, 1], seqs: [5, 6, 7, 8] });
    expect(await Dexie.exists(old)).toBe(false);
  });

  test('waits as it is, and says so, until the server tells its key', async () => {
    vi.stubGlobal('fetch', async () => new Response('{"code":"signed_out"}', { status: 401 }));

    await expect(deskCopy('m1')).rejects.toThrow('signed_out');
    expect([await waitsAtDesk('m1'), await waitsAtDesk('m2'), await Dexie.exists(old)]).toEqual([true, false, true]);
  });

  test('asks for the key of its own member, and of nobody who signed in since', async () => {
    const asked: unknown[] = [];
    vi.stubGlobal('fetch', async (_: string, { headers }: RequestInit) => {
      asked.push(headers);
      return new Response('{"code":"signed_out"}', { status: 401 });
    });

    await expect(deskCopy('m1')).rejects.toThrow('signed_out');
    expect(asked).toEqual([expect.objectContaining({ 'onthaal-member': 'm1' })]);
  });

  test('opens with no other key: what was put there is set aside, not lost', async () => {
    tells(SECRET);
    (await deskCopy('m1')).db.close();
    tells(toBase64(randomBytes(32)));
    vi.spyOn(console, 'error').mockReturnValue();
    const { db, codec: opens } = await deskCopy('m1');
    const tablet = await Tablet.open({}, new IndexedDisk(db, opens));

    expect([tablet.shows('issue-1'), tablet.outbox]).toEqual([undefined, []]);
    expect((await db.quarantine.toArray()).map(({ store }) => store)).toContain('outbox');
    db.close();
  });
});
