/**
 * A form at the desk that is half filled in: kept as it is touched, sealed with the other drafts, and there again as it was after the
 * screen was locked, left or killed.
 */
import type { Drafts } from '../device/types.ts';

export class KeptForm<T extends object> {
  readonly #drafts: Drafts;
  readonly #key: string;
  readonly #begins: () => T;
  #typed = $state.raw<Partial<T>>({});

  /** `begins`: how the form is before anybody touches it; read each time, so that what others change meanwhile is seen. */
  constructor(drafts: Drafts, key: string, begins: () => T) {
    this.#drafts = drafts;
    this.#key = key;
    this.#begins = begins;
    this.#typed = JSON.parse(drafts.get(key) ?? '{}') as Partial<T>;
  }

  /** The form as it stands. */
  get now(): T {
    return { ...this.#begins(), ...this.#typed };
  }

  /** What of it was touched. */
  get typed(): Partial<T> {
    return this.#typed;
  }

  /** Something was touched. Only what differs from how the form begins is kept: the rest stays as others have it. */
  set(part: Partial<T>): void {
    const begins = this.#begins();
    const isTouched = ([name, value]: [string, unknown]): boolean => JSON.stringify(value) !== JSON.stringify(begins[name as keyof T]);
    this.#keep(Object.fromEntries(Object.entries({ ...this.#typed, ...part }).filter(isTouched)) as Partial<T>);
  }

  /** These parts were kept otherwise, or are not wanted any more; without names all of them. */
  clear(names: readonly (keyof T)[] = Object.keys(this.#typed) as (keyof T)[]): void {
    this.#keep(Object.fromEntries(Object.entries(this.#typed).filter(([name]) => !names.includes(name as keyof T))) as Partial<T>);
  }

  #keep(typed: Partial<T>): void {
    this.#typed = typed;
    if (Object.keys(typed).length > 0) this.#drafts.set(this.#key, JSON.stringify(typed));
    else this.#drafts.drop(this.#key);
  }
}
