/**
 * The four words by which a coordinator knows that the tablet beside them is the one that took the link.
 *
 *     SHA-256("onthaal/words/v1" ‖ SHA-256 of the code ‖ the tablet's member key) ─→ four words of 2 048 each: 44 bits
 *
 * Both sides know the code and the key; who photographed the link has another key, and so other words (decision 0024). The list
 * is the one of the tablet's language: both screens show the same.
 */
import { utf8 } from './vault/bytes.ts';
import { type Language, wordsOf } from './vault/secrets.ts';

const COUNT = 4;

export async function fourWords(codeHash: string, key: string, language: Language): Promise<readonly string[]> {
  const content = utf8(['onthaal/words/v1', codeHash, key].join('\n'));
  const [digest, list] = await Promise.all([crypto.subtle.digest('SHA-256', content), wordsOf(language)]);
  const numbers = new DataView(digest);
  return Array.from({ length: COUNT }, (_, i) => list[numbers.getUint32(i * 4) % list.length] ?? '');
}

/** What stands for a code where the code itself must not: as the server keeps it. */
export async function hashOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
