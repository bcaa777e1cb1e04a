/** What lies aside at the server, by what it is about: the edits of one card or talk are decided on together. Pure. */
import type { Records } from '../../device/types.ts';
import type { Value } from '../../sync/edits.ts';

export interface Aside {
  readonly a: string;
  readonly n: number;
  readonly by: string;
  readonly kind: string;
  readonly id: string;
  readonly set: Readonly<Record<string, Value>>;
  readonly code: string;
  readonly received_at: number;
  /** Whether this server knows all that it says. */
  readonly known: boolean;
}

export interface Heap {
  /** The card or talk that all of it hangs on, else what it is about itself. */
  readonly key: string;
  /** In the order they were written: a talk comes before its issues. */
  readonly edits: readonly Aside[];
}

/** All that lies aside, in heaps; what came first comes first. */
export function heapsOf(records: Records, edits: readonly Aside[]): Heap[] {
  const heaps = new Map<string, Aside[]>();
  for (const edit of edits) {
    const key = rootIn(records, edits, edit);
    heaps.set(key, [...(heaps.get(key) ?? []), edit]);
  }
  return [...heaps].map(([key, of]) => ({ key, edits: of }));
}

/** What an edit hangs on, as it will be when all that lies aside is taken in. Counts of one worker are one heap. */
function rootIn(records: Records, edits: readonly Aside[], edit: Aside): string {
  if (edit.kind === 'tally') return `tally ${edit.by}`;
  const said = (id: string, field: string): string => {
    const aside = edits.findLast((one) => one.id === id && Object.hasOwn(one.set, field));
    return String((aside ? aside.set[field] : records.get(id)?.view[field]) ?? '');
  };
  const about = edit.kind === 'remark' ? said(edit.id, 'about') : edit.id;
  const visit = said(about, 'visit');
  return said(about, 'card') || (visit && (said(visit, 'card') || visit)) || about;
}

/** What of an edit is to be read: not which tablet counted, nor what its heap says already. */
export const toldOf = (edit: Aside, heap: Heap): [field: string, value: Value][] =>
  Object.entries(edit.set).filter(([field, value]) => {
    if (edit.kind === 'tally' && field === 'device') return false;
    return value !== heap.key && !heap.edits.some((one) => one.id === value);
  });

/** What the record of an edit says when its heap is taken in: an agreement tells what it is about, also where the edit does not. */
export const saidIn = (records: Records, { id }: Aside, { edits }: Heap): Readonly<Record<string, Value>> =>
  Object.assign({}, records.get(id)?.view, ...edits.filter((one) => one.id === id).map((one) => one.set));
