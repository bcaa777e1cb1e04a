/** The working set: every record as a person sees it here, in memory, by kind and by who names whom. */
import { createSubscriber } from 'svelte/reactivity';
import { type Known, known, links } from '../sync/access.ts';
import { conflicts, winner } from '../sync/apply.ts';
import type { SyncRecord, Version } from '../sync/edits.ts';
import { msOf } from '../sync/stamp.ts';
import type { Core } from './core.ts';
import type { Records, Shown } from './types.ts';

class ShownRecord implements Shown {
  readonly kind: string;
  readonly id: string;
  readonly event: string;
  readonly author: string;
  readonly view: Known['view'];
  readonly erased: boolean;
  readonly moved: string;
  readonly waiting: boolean;
  readonly #record: SyncRecord;
  #conflicts: ReadonlyMap<string, readonly Version[]> | undefined;

  constructor(record: SyncRecord, waiting: boolean) {
    const { kind, id, event, author, view, erased, moved } = known(record);
    Object.assign(this, { kind, id, event, author, view, erased, moved });
    this.kind = kind;
    this.id = id;
    this.event = event;
    this.author = author;
    this.view = view;
    this.erased = erased;
    this.moved = moved;
    this.waiting = waiting;
    this.#record = record;
  }

  #version(field: string): Version | undefined {
    const versions = this.#record.live.get(field);
    return versions && winner(field, versions);
  }

  at(field: string): number {
    const version = this.#version(field);
    return version ? msOf(version.e) : 0;
  }

  by(field: string): string {
    return this.#version(field)?.by ?? '';
  }

  get made(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const versions of this.#record.live.values()) for (const v of versions) first = Math.min(first, msOf(v.e));
    return Number.isFinite(first) ? first : 0;
  }

  get changed(): number {
    let last = 0;
    for (const versions of this.#record.live.values()) for (const v of versions) last = Math.max(last, msOf(v.e));
    return last;
  }

  get conflicts(): ReadonlyMap<string, readonly Version[]> {
    this.#conflicts ??= conflicts(this.#record);
    return this.#conflicts;
  }
}

const NONE: readonly Shown[] = [];

export class WorkingSet implements Records {
  readonly #core: Core;
  readonly #shown = new Map<string, ShownRecord>();
  readonly #kinds = new Map<string, Map<string, ShownRecord>>();
  readonly #sources = new Map<string, Set<string>>();
  readonly #lists = new Map<string, readonly Shown[]>();
  #update: () => void = () => {};
  readonly #subscribe = createSubscriber((update) => {
    this.#update = update;
    return () => {
      this.#update = () => {};
    };
  });

  constructor(core: Core) {
    this.#core = core;
    this.refresh(null);
    core.onchange = (ids) => this.refresh(ids);
  }

  /** Looks again at some records, or at all. */
  refresh(ids: ReadonlySet<string> | null): void {
    for (const id of ids ?? new Set([...this.#shown.keys(), ...this.#core.ids()])) this.#refreshOne(id);
    this.#update();
  }

  #refreshOne(id: string): void {
    const before = this.#shown.get(id);
    const record = this.#core.shown(id);
    if (before) {
      this.#lists.delete(before.kind);
      this.#kinds.get(before.kind)?.delete(id);
      for (const target of links(before.kind, before.view)) this.#sources.get(target)?.delete(id);
      this.#shown.delete(id);
    }
    if (!record) return;
    const shown = new ShownRecord(record, this.#core.isWaiting(id));
    this.#shown.set(id, shown);
    this.#lists.delete(shown.kind);
    const kind = this.#kinds.get(shown.kind) ?? new Map<string, ShownRecord>();
    this.#kinds.set(shown.kind, kind.set(id, shown));
    for (const target of links(shown.kind, shown.view)) {
      const sources = this.#sources.get(target) ?? new Set<string>();
      this.#sources.set(target, sources.add(id));
    }
  }

  all(kind: string): readonly Shown[] {
    this.#subscribe();
    let list = this.#lists.get(kind);
    if (!list) {
      list = [...(this.#kinds.get(kind)?.values() ?? NONE)].filter((shown) => shown.view.deleted !== true);
      this.#lists.set(kind, list);
    }
    return list;
  }

  get(id: string): Shown | undefined {
    this.#subscribe();
    return this.#shown.get(id);
  }

  naming(id: string): readonly Shown[] {
    this.#subscribe();
    const found: Shown[] = [];
    for (const source of this.#sources.get(id) ?? []) {
      const shown = this.#shown.get(source);
      if (shown) found.push(shown);
    }
    return found;
  }
}
