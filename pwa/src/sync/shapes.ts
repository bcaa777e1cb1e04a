/**
 * Whether a parsed value is what it should be: the part of JSON Schema that says which kind of value fits. The shapes are written by
 * `make types` from the types that the server encodes by, so no decoder on the tablet is written by hand.
 *
 * Fields that no shape names are let pass: a newer server says more than an older app knows of.
 */

/** One shape; `{}` fits everything. */
export interface Shape {
  readonly $ref?: string;
  readonly anyOf?: readonly Shape[];
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** Of every field that `properties` does not name. */
  readonly additionalProperties?: Shape;
  readonly items?: Shape;
  readonly prefixItems?: readonly Shape[];
}

/** Shapes by the name that others call them by. */
export type Shapes = Readonly<Record<string, Shape>>;

type Check = (value: unknown) => boolean;

// Made once for each shape: a first reading checks tens of thousands of records.
const made = new WeakMap<Shape, Check>();

/** Whether a value has a shape, whose names are among `named`. Never throws, whatever the value. */
export const fits = (value: unknown, shape: Shape, named: Shapes): boolean => checkOf(shape, named)(value);

function checkOf(shape: Shape, named: Shapes): Check {
  let check = made.get(shape);
  if (!check) {
    check = make(shape, named);
    made.set(shape, check);
  }
  return check;
}

function make(shape: Shape, named: Shapes): Check {
  const { $ref, anyOf, enum: values, type } = shape;
  if ($ref !== undefined) {
    const other = named[$ref];
    return other ? (value) => checkOf(other, named)(value) : () => false;
  }
  if (anyOf) {
    const checks = anyOf.map((one) => checkOf(one, named));
    return (value) => checks.some((check) => check(value));
  }
  if (values) return (value) => values.includes(value);
  switch (type) {
    case undefined:
      return () => true;
    case 'null':
      return (value) => value === null;
    case 'integer':
      return Number.isSafeInteger;
    case 'array':
      return listOf(shape, named);
    case 'object':
      return tableOf(shape, named);
    default: // a text or a flag: called alike there and here
      return (value) => typeof value === type;
  }
}

function listOf({ items = {}, prefixItems }: Shape, named: Shapes): Check {
  const each = checkOf(items, named);
  const places = prefixItems?.map((one) => checkOf(one, named));
  if (!places) return (value) => Array.isArray(value) && value.every(each);
  return (value) => Array.isArray(value) && value.length === places.length && places.every((check, i) => check(value[i]));
}

function tableOf({ properties = {}, required = [], additionalProperties: rest = {} }: Shape, named: Shapes): Check {
  // A map: a field that is called "constructor" is not one of those that are known.
  const known = new Map(Object.entries(properties).map(([name, shape]) => [name, checkOf(shape, named)]));
  const other = checkOf(rest, named);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    for (const name of required) if (!Object.hasOwn(value, name)) return false;
    for (const name of Object.keys(value)) {
      if (!(known.get(name) ?? other)((value as Readonly<Record<string, unknown>>)[name])) return false;
    }
    return true;
  };
}
