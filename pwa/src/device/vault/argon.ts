/** Argon2id: what makes every guess at a PIN or passphrase cost memory and time. */
import { argon2id } from 'hash-wasm';

/** How costly a guess is. Stands in clear beside the vault. */
export interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** What a Worker is asked for. */
export interface Asked {
  readonly secret: string;
  readonly salt: Uint8Array;
  readonly cost: Cost;
}

/** OWASP's least; nothing below is ever used, however slow a tablet is. */
export const FLOOR: Cost = { memoryKib: 19 * 1024, passes: 2 };
export const FULL: Cost = { memoryKib: 64 * 1024, passes: 3 };

/** 32 bytes of a secret. Throws `RangeError` below the floor: a changed row must not make guessing cheap. */
export async function stretch(secret: string, salt: Uint8Array, cost: Cost): Promise<Uint8Array<ArrayBuffer>> {
  if (cost.memoryKib < FLOOR.memoryKib || cost.passes < FLOOR.passes) throw new RangeError('a cost below the floor');
  const bytes = await argon2id({
    password: secret,
    salt,
    memorySize: cost.memoryKib,
    iterations: cost.passes,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  });
  return new Uint8Array(bytes);
}
