/** What every screen works with: the device, the event it is about, and the ways to go on and to say what happened. */
import { getContext, setContext } from 'svelte';
import type { Change, Device, Shown } from '../device/types.ts';

export interface Screen {
  readonly device: Device;
  /** The event the worker is at, or `undefined` where there is none yet. */
  readonly event: Shown | undefined;
  readonly go: (path: string) => void;
  /** Where one is: who has gone elsewhere while something was kept is not fetched back. */
  readonly path: string;
  /** Says what happened; with a way back where there is one. */
  readonly say: (message: string, undo?: () => void) => void;
  /** Keeps changes one after another; says so in words where the tablet could not. Resolves whether all were kept. */
  readonly keep: (...changes: readonly Change[]) => Promise<boolean>;
  /** The same, of changes that are made when all before them are kept: what is touched twice sees its first touch. */
  readonly keepNext: (make: () => readonly Change[]) => Promise<boolean>;
}

const KEY = Symbol('screen');

export const provideScreen = (screen: Screen): Screen => setContext(KEY, screen);
export const useScreen = (): Screen => getContext<Screen>(KEY);
