/** A half-filled form of the desk: what of it is kept, and what is there when it is opened again. */
import { describe, expect, test } from 'vitest';
import type { Drafts } from '../../../pwa/src/device/types.ts';
import { KeptForm } from '../../../pwa/src/domain/form.svelte.ts';

/** The drafts of a device, in memory. */
function drafts(): Drafts & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get: (key) => kept.get(key),
    set: (key, text) => void kept.set(key, text),
    drop: (key) => void kept.delete(key),
    dropKept: (key, text) => void (kept.get(key) === text && kept.delete(key)),
    under: (prefix) => [...kept].filter(([key]) => key.startsWith(prefix)),
  };
}

const BLANK = { name: '', spoken: [] as readonly string[] };

describe('a form that is half filled in', () => {
  test('is there again when it is opened again, and in no other form', () => {
    const of = drafts();
    new KeptForm(of, 'member/new', () => BLANK).set({ name: 'Lea Verm' });
    new KeptForm(of, 'member/new', () => BLANK).set({ spoken: ['tr'] });

    expect(new KeptForm(of, 'member/new', () => BLANK).now).toEqual({ name: 'Lea Verm', spoken: ['tr'] });
    expect(new KeptForm(of, 'member/7', () => BLANK).now).toEqual(BLANK);
  });

  test('keeps nothing of what is as it began: nobody waits for a form that was only looked at', () => {
    const of = drafts();
    const form = new KeptForm(of, 'member/new', () => BLANK);
    form.set({ name: 'Lea', spoken: ['tr'] });
    form.set({ name: '', spoken: [] });

    expect([of.kept.size, form.typed]).toEqual([0, {}]);
  });

  test('takes nothing back that others changed since in what was not touched here', () => {
    const of = drafts();
    let role = 'generalist';
    const form = new KeptForm(of, 'member/7', () => ({ name: 'Noor', role }));
    form.set({ name: 'Noor Z.', role: 'generalist' });
    role = 'researcher';

    expect(form.now).toEqual({ name: 'Noor Z.', role: 'researcher' });
    expect(new KeptForm(of, 'member/7', () => ({ name: 'Noor', role })).now).toEqual({ name: 'Noor Z.', role: 'researcher' });
  });

  test('is gone when it was kept, whole or in part', () => {
    const of = drafts();
    const form = new KeptForm(of, 'event/7', () => ({ name: '', place: '', closes: '' }));
    form.set({ name: 'Plein', place: 'Laken', closes: '04:00' });
    form.clear(['name', 'place']);
    expect([form.now, of.kept.get('event/7')]).toEqual([{ name: '', place: '', closes: '04:00' }, '{"closes":"04:00"}']);
    form.clear();

    expect([form.typed, of.kept.size]).toEqual([{}, 0]);
  });
});
