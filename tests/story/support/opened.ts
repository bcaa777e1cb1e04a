/** Opens what lies on a tablet's disk, as its worker's words do: by the app's own code, outside of the browser. */
import { type Cost, stretch } from '../../../pwa/src/device/vault/argon.ts';
import { unwrapped } from '../../../pwa/src/device/vault/keys.ts';
import { sealedBy } from '../../../pwa/src/device/vault/sealed.ts';
import { tidied } from '../../../pwa/src/device/vault/secrets.ts';

interface Bytes {
  readonly bytes: readonly number[];
}

/** A row as it lies there. */
export interface RawRow {
  readonly id?: string;
  readonly seq?: number;
  readonly name?: string;
  readonly face?: string;
  readonly sealed?: Bytes;
  readonly lock?: { readonly salt: Bytes; readonly cost: Cost; readonly wrapped: Bytes } | null;
}

const bytesOf = ({ bytes }: Bytes): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);

/** The values of sealed rows; others as they are. */
export async function openRows(store: string, rows: readonly RawRow[], vault: RawRow | undefined, words: string): Promise<unknown[]> {
  const key = vault && (await keyOf(vault, words));
  return Promise.all(
    rows.map((row) => {
      if (!row.sealed) return row;
      if (!key) return JSON.parse(new TextDecoder().decode(bytesOf(row.sealed)));
      return sealedBy(key, vault.id ?? '').open(store, row.id ?? row.seq ?? row.name ?? '', bytesOf(row.sealed));
    }),
  );
}

async function keyOf({ id = '', lock }: RawRow, words: string): Promise<CryptoKey> {
  if (!lock) throw new Error('the keys were erased');
  const salt = bytesOf(lock.salt);
  const stretched = await stretch(tidied(words), salt, lock.cost);
  const key = await unwrapped(bytesOf(lock.wrapped), { vault: id, salt, stretched });
  if (!key) throw new Error('these are not its words');
  return key;
}
