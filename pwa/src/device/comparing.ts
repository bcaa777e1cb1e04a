/** What the desk compares with the screen of a tablet that took a link; the lists of words are loaded when one waits. */
import type { WaitingTablet } from './types.ts';

export async function wordsOf({ code_hash, key, language }: WaitingTablet): Promise<readonly string[]> {
  const { fourWords } = await import('./fourwords.ts');
  return fourWords(code_hash, key, language);
}
