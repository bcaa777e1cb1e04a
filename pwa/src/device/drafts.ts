/** Half-written text, per form and field: in memory at once, on the disk soon after, back exactly as it was. */
import { type Codec, Tampered } from './codec.ts';
import { type Database, isQuota, type NamedRow } from './schema.ts';
import type { Drafts } from './types.ts';

const SOON_MS = 150;

export class KeptDrafts implements Drafts {
  /** Told when somebody begins or has done with a form. */
  onany: () => void = () => {};
  /** Asked for room, where the disk has none; what was read can be read again, these words nobody else has. */
  onfull: () => Promise<void> = async () => {};
  readonly #db: Database;
  readonly #codec: Codec;
  readonly #texts = new Map<string, string>();
  readonly #inUse = new Set<string>();
  readonly #dirty = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<void> = Promise.resolve();

  private constructor(db: Database, codec: Codec) {
    this.#db = db;
    this.#codec = codec;
  }

  static async open(db: Database, codec: Codec): Promise<KeptDrafts> {
    const drafts = new KeptDrafts(db, codec);
    for (const row of await db.drafts.toArray()) await drafts.#open(row);
    return drafts;
  }

  async #open({ name, sealed }: NamedRow): Promise<void> {
    try {
      this.#texts.set(name, await this.#codec.open<string>('drafts', name, sealed));
    } catch (error) {
      if (!(error instanceof Tampered)) throw error;
      // Set aside as it was found: the form opens empty, and the app goes on.
      const { drafts, quarantine } = this.#db;
      await this.#db.transaction('rw', [drafts, quarantine], async () => {
        await quarantine.add({ store: 'drafts', key: name, sealed });
        await drafts.delete(name);
      });
    }
  }

  /** Whether somebody is in the middle of a form: no update then. What was left half-written before this start waits for nobody. */
  get any(): boolean {
    return this.#inUse.size > 0;
  }

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }

  set(key: string, text: string): void {
    const any = this.any;
    this.#texts.set(key, text);
    this.#inUse.add(key);
    this.#keep(key, any);
  }

  drop(key: string): void {
    const any = this.any;
    this.#inUse.delete(key);
    if (this.#texts.delete(key)) this.#keep(key, any);
  }

  dropKept(key: string, text: string): void {
    if (this.#texts.get(key) === text) this.drop(key);
  }

  under(prefix: string): readonly (readonly [string, string])[] {
    return [...this.#texts].filter(([key]) => key.startsWith(prefix));
  }

  /** Forgets what was being written about records that were erased. */
  dropAbout(ids: ReadonlySet<string>): void {
    for (const key of [...this.#texts.keys()]) if ([...ids].some((id) => key.includes(id))) this.drop(key);
  }

  #keep(key: string, any: boolean): void {
    this.#dirty.add(key);
    if (any !== this.any) this.onany();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), SOON_MS);
  }

  /** Writes what is not on the disk yet; also called when the page is hidden. What finds no room is tried again with the next. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    // One after the other: what was sealed earlier must not be written later.
    this.#turn = this.#turn.then(() => this.#flush());
    return this.#turn;
  }

  async #flush(): Promise<void> {
    const keys = [...this.#dirty];
    this.#dirty.clear();
    const gone = keys.filter((name) => !this.#texts.has(name));
    const { drafts } = this.#db;
    try {
      const put = await Promise.all(keys.filter((name) => this.#texts.has(name)).map((name) => this.#seal(name)));
      const write = async (): Promise<void> => {
        await this.#db.transaction('rw', drafts, () => Promise.all([drafts.bulkPut(put), drafts.bulkDelete(gone)]));
      };
      await write().catch(async (error: unknown) => {
        if (!isQuota(error)) throw error;
        await this.onfull();
        return write();
      });
    } catch (error) {
      for (const key of keys) this.#dirty.add(key);
      console.error('drafts', error);
    }
  }

  async #seal(name: string): Promise<NamedRow> {
    return { name, sealed: await this.#codec.seal('drafts', name, this.#texts.get(name)) };
  }
}
