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

/** Whether a value has a shape. Never throws, whatever the value. */
export function fits(value: unknown, shape: Shape, named: Shapes): boolean {
  if (shape.$ref !== undefined) return Object.hasOwn(named, shape.$ref) && fits(value, named[shape.$ref] as Shape, named);
  if (shape.anyOf) return shape.anyOf.some((one) => fits(value, one, named));
  if (shape.enum && !shape.enum.includes(value)) return false;
  switch (shape.type) {
    case undefined:
      return true;
    case 'null':
      return value === null;
    case 'integer':
      return Number.isSafeInteger(value);
    case 'array':
      return Array.isArray(value) && isList(value, shape, named);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) && isTable(value, shape, named);
    default: // a text or a flag: called alike there and here
      return typeof value === shape.type;
  }
}

function isList(list: readonly unknown[], { items, prefixItems }: Shape, named: Shapes): boolean {
  if (prefixItems) return list.length === prefixItems.length && prefixItems.every((one, i) => fits(list[i], one, named));
  return items === undefined || list.every((one) => fits(one, items, named));
}

function isTable(table: object, { properties = {}, required = [], additionalProperties }: Shape, named: Shapes): boolean {
  if (!required.every((name) => Object.hasOwn(table, name))) return false;
  return Object.entries(table).every(([name, value]) => {
    const shape = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    return shape === undefined || fits(value, shape, named);
  });
}
