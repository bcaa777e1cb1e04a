/** What goes with the last of a device, and what stays: nothing that has not left, whoever wrote it. */
import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasSign, isLeft } from '../../../pwa/src/device/canary.ts';
import { plain } from '../../../pwa/src/device/codec.ts';
import { IndexedDisk } from '../../../pwa/src/device/db.ts';
import { KEY, rememberedIdentity } from '../../../pwa/src/device/identity.ts';
import type { Database } from '../../../pwa/src/device/schema.ts';
import { databaseOf, inClear } from '../../../pwa/src/device/vault/clear.ts';
import { clearDatabaseOf, deskDatabaseOf, waitsOfOthers } from '../../../pwa/src/device/vault/desks.ts';
import { clearUp, isEmpty, leave, leaveDesk } from '../../../pwa/src/device/vault/leaving.ts';
import type { Edit } from '../../../pwa/src/sync/edits.ts';
import { issue } from './bench.ts';
import { database } from './databases.ts';
import { vaultRow } from './rows.ts';

const me = { member: 'm1', display_name: 'Noor', role: 'generalist', service: null, organisation: 'o1', device: 'd1' };
const id = 'mine';
let db: Database;
let asked: { path: string; token: string | undefined }[] = [];
const answers = async (path: string, init: { headers: Record<string, string> }): Promise<Response> => {
  asked.push({ path, token: init.headers.authorization });
  return new Response('{"done":true}');
};

beforeEach(async () => {
  asked = [];
  vi.stubGlobal('fetch', answers);
  await inClear((clear) => Promise.all([clear.vaults.clear(), clear.carried.clear(), clear.identity.clear()]));
  db = database(databaseOf(id));
  await db.open();
  await inClear((clear) => clear.vaults.put(vaultRow({ id })));
});
afterEach(() => vi.unstubAllGlobals());

describe('a tablet that a vault leaves', () => {
  beforeEach(() => vi.stubGlobal('document', { cookie: '' }));

  test('clears all it keeps of us only when nobody has anything on it any more', async () => {
    await inClear((clear) => clear.vaults.put(vaultRow({ id: 'other' })));
    const box = { a: 'x', n: 1, id: 'i', key: 'k', box: 'b' };
    await inClear((clear) => clear.carried.put({ name: 'x:1', box, ack: '' }));

    db.close();
    await leave(id);
    await leave('other');
    expect([asked, await isEmpty(), isLeft()]).toEqual([[], false, true]);
    await inClear((clear) => clear.carried.update('x:1', { ack: 'ok' }));
    await inClear((clear) => clear.vaults.put(vaultRow({ id: 'last' })));
    await leave('last');

    expect(asked.map(({ path, token }) => [path, token])).toEqual([['/api/forget', undefined]]);
    expect(document.cookie).toContain('onthaal_used=1; max-age=0'); // nobody is to look for what went in order
    expect((await Dexie.getDatabaseNames()).filter((name) => [id, 'other', 'last'].some((one) => name === databaseOf(one)))).toEqual([]);
  });

  test('is served by no service worker any more when it asks the browser to clear: a page that loads then would never end', async () => {
    const registration = { unregister: async () => asked.push({ path: 'unregister', token: undefined }) };
    vi.stubGlobal('navigator', {
      locks: navigator.locks,
      serviceWorker: { getRegistration: async () => undefined, getRegistrations: async () => [registration] },
    });
    db.close();

    await leave(id);

    expect(asked.map(({ path }) => path)).toEqual(['unregister', '/api/forget']);
  });

  test('and asks again at its next start where the page went away first, or nobody could be asked', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
    db.close();
    await leave(id);
    expect([isLeft(), hasSign()]).toEqual([true, false]); // and nobody is told that the browser threw it away

    vi.stubGlobal('fetch', answers);
    await clearUp();

    expect([asked.map(({ path }) => path), document.cookie]).toEqual([['/api/forget'], expect.stringContaining('max-age=0')]);
  });

  test('and so does a desk with nobody else there', async () => {
    const sealed = await plain.seal('identity', KEY, { me, token: null });
    await inClear((clear) => clear.identity.put({ name: KEY, sealed }));
    const desk = database(clearDatabaseOf('els'));
    await desk.open();
    desk.close();

    db.close();
    await leave(id);
    expect(asked).toEqual([]);
    await leaveDesk(desk.name);

    expect(asked.map(({ path }) => path)).toEqual(['/api/forget']);
    expect([await rememberedIdentity(), (await Dexie.getDatabaseNames()).includes(desk.name)]).toEqual([null, false]);
  });

  test('clears nothing while words of another coordinator wait in their copy, and says how many edits', async () => {
    const [first, second] = [database(deskDatabaseOf('griet')), database(deskDatabaseOf('els'))];
    await new IndexedDisk(first, plain).append(issue({ own_words: 'cold' }) as unknown as Edit);
    await second.open();
    expect([await waitsOfOthers('els'), await waitsOfOthers('griet')]).toEqual([1, 0]);

    second.close();
    db.close();
    await leave(id);
    await leaveDesk(second.name);

    expect([asked, await isEmpty(), await first.outbox.count()]).toEqual([[], false, 1]);
    await first.outbox.clear();
    await first.drafts.put({ name: 'words/7', sealed: new Uint8Array() }); // half written
    expect(await isEmpty()).toBe(false);
    await first.drafts.clear();
    expect(await isEmpty()).toBe(true);
  });
});
