/** Half-written text, per form and field: in memory at once, on the disk soon after, back exactly as it was. */
import type { Codec } from './codec.ts';
import type { Database } from './db.ts';
import type { Drafts } from './types.ts';

const SOON_MS = 150;

export class KeptDrafts implements Drafts {
  readonly #db: Database;
  readonly #codec: Codec;
  readonly #texts = new Map<string, string>();
  readonly #dirty = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(db: Database, codec: Codec) {
    this.#db = db;
    this.#codec = codec;
  }

  static async open(db: Database, codec: Codec): Promise<KeptDrafts> {
    const drafts = new KeptDrafts(db, codec);
    for (const row of await db.drafts.toArray()) drafts.#texts.set(row.name, codec.open<string>(row.sealed));
    return drafts;
  }

  /** Whether somebody is in the middle of a form: no update then. */
  get any(): boolean {
    return this.#texts.size > 0;
  }

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }

  set(key: string, text: string): void {
    this.#texts.set(key, text);
    this.#keep(key);
  }

  drop(key: string): void {
    this.#texts.delete(key);
    this.#keep(key);
  }

  #keep(key: string): void {
    this.#dirty.add(key);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), SOON_MS);
  }

  /** Writes what is not on the disk yet; also called when the page is hidden. */
  async flush(): Promise<void> {
    const keys = [...this.#dirty];
    this.#dirty.clear();
    const put = keys.flatMap((name) => {
      const text = this.#texts.get(name);
      return text === undefined ? [] : [{ name, sealed: this.#codec.seal(text) }];
    });
    const gone = keys.filter((name) => !this.#texts.has(name));
    await this.#db.transaction('rw', this.#db.drafts, () => Promise.all([this.#db.drafts.bulkPut(put), this.#db.drafts.bulkDelete(gone)]));
  }
}
