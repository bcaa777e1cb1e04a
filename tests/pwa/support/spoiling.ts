/** Spoilt text, and honest values to begin with: chance comes from a seed alone. */
import type { Shape, Shapes } from '../../../pwa/src/sync/shapes.ts';

export type Random = () => number;

/** 0 … 1, by chance that a seed repeats (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const below = (random: Random, count: number): number => Math.floor(random() * count);
export const anyOf = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T;

const TEXTS = ['', 'm1', 'ENE', '“koud” 😀', '__proto__', 'constructor', '18:00', 'P1D', 'key-1-key-1', '\u0000', '/desk'];
const NUMBERS = [0, 1, -1, 7, 1_795_322_400_000, Number.MAX_SAFE_INTEGER];

/** A value that has a shape. */
export function honest(shape: Shape, named: Shapes, random: Random): unknown {
  if (shape.$ref !== undefined) return honest(named[shape.$ref] as Shape, named, random);
  if (shape.anyOf) return honest(anyOf(random, shape.anyOf), named, random);
  if (shape.enum) return anyOf(random, shape.enum);
  const many = <T>(make: () => T): T[] => Array.from({ length: below(random, 3) }, make);
  switch (shape.type) {
    case 'array':
      return shape.prefixItems?.map((one) => honest(one, named, random)) ?? many(() => honest(shape.items ?? {}, named, random));
    case 'object': {
      const parts = Object.entries(shape.properties ?? {}).map(([name, one]) => [name, honest(one, named, random)]);
      const { additionalProperties: rest } = shape;
      return Object.fromEntries(rest ? [...parts, ...many(() => [anyOf(random, TEXTS), honest(rest, named, random)])] : parts);
    }
    case 'integer':
      return anyOf(random, NUMBERS);
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    default:
      return anyOf(random, TEXTS);
  }
}

const PIECES = [
  ...['', '"', '\\', '{', '}', '[', ']', ',', ':', 'null', 'true', '1e400', '-1', '1.5', '9007199254740993', '{}', '[]', '""', '\u0000'],
  ...['\\ud800', '"__proto__":{"x":1},', '"constructor":1,', '"acks":[["maybe"]],', '"streams":{"x":null},', '['.repeat(2000), '😀'],
];

/** Honest text with some of it cut out, doubled, or replaced; or, as JSON, with one of its values put in the place of another. */
export function spoil(text: string, random: Random): string {
  if (random() < 0.5) return respelt(text, random);
  let spoilt = text;
  for (let times = 1 + below(random, 4); times > 0; times -= 1) {
    const at = below(random, spoilt.length + 1);
    const until = Math.min(spoilt.length, at + anyOf(random, [0, 1, 2, 8, 64]));
    const piece = anyOf(random, [anyOf(random, PIECES), spoilt.slice(at, until).repeat(2), String.fromCodePoint(below(random, 0xd800))]);
    spoilt = spoilt.slice(0, at) + piece + spoilt.slice(until);
  }
  return spoilt;
}

const ODD: readonly unknown[] = [null, true, 1.5, -1, '', 'x', [], {}, [null], { x: null }, Number.MAX_SAFE_INTEGER];

/** What is sound JSON all the same: one value is another, or gone. */
function respelt(text: string, random: Random): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const places: [holder: Record<string, unknown>, name: string][] = [];
  const walk = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    for (const [name, part] of Object.entries(one)) {
      places.push([one as Record<string, unknown>, name]);
      walk(part);
    }
  };
  walk(value);
  if (places.length === 0) return JSON.stringify(anyOf(random, ODD));
  const [holder, name] = anyOf(random, places);
  if (random() < 0.2) delete holder[name];
  else holder[name] = structuredClone(random() < 0.5 ? anyOf(random, ODD) : ((place) => place[0][place[1]])(anyOf(random, places)));
  return JSON.stringify(value);
}
