/** What is missing before somebody's choice of a lock can be taken. Pure. */

export interface Half {
  readonly tier: 'passkey' | 'passphrase' | 'pin';
  readonly words: readonly string[];
  readonly typed: string;
  readonly pin: string;
  readonly again: string;
}

export interface Judges {
  readonly isGoodPin: (pin: string) => boolean;
  readonly tidied: (typed: string) => string;
}

/** The same, and the words that are offered. */
export interface Judging extends Judges {
  readonly offered: (language: string) => Promise<readonly string[]>;
}

export type Missing = 'pin-weak' | 'pin-differ' | 'words-differ' | null;

export function missing({ tier, words, typed, pin, again }: Half, { isGoodPin, tidied }: Judges): Missing {
  if (tier === 'passphrase') return words.length > 0 && tidied(typed) === tidied(words.join(' ')) ? null : 'words-differ';
  if (!isGoodPin(pin)) return 'pin-weak';
  return pin === again ? null : 'pin-differ';
}

/** The animals that no vault of this tablet has; all of them where every one is taken. */
export function freeFaces(faces: readonly string[], taken: readonly string[]): readonly string[] {
  const free = faces.filter((face) => !taken.includes(face));
  return free.length > 0 ? free : faces;
}

/** A wait in words that count down: 4:05. */
export function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
