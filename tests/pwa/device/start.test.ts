/** The first look at what is on a tablet. */
import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { begin } from '../../../pwa/src/device/start.ts';
import { inClear } from '../../../pwa/src/device/vault/clear.ts';
import { vaultRow } from './rows.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('looks again where the browser closed the databases under it: it was clearing what another page left', async () => {
  vi.stubGlobal('document', { cookie: '' });
  await inClear((clear) => clear.vaults.put(vaultRow({ id: 'mine' })));
  const open = indexedDB.open.bind(indexedDB);
  let failing = 2;
  vi.spyOn(indexedDB, 'open').mockImplementation((...args: Parameters<typeof open>) => {
    failing -= 1;
    if (failing >= 0) throw new DOMException('the storage is being cleared', 'AbortError');
    return open(...args);
  });

  const { vaults, lost } = await begin(Date.now());

  expect([vaults.map(({ id }) => id), lost, failing < 0]).toEqual([['mine'], false, true]);
});
