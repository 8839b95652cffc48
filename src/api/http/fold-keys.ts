import { z } from 'zod';

/** The object inside optional, nullable, default and the like. */
function unwrap(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodDefault) {
      inner = inner.unwrap();
    } else if (inner instanceof z.ZodPipe) inner = inner.def.out;
    else return inner;
  }
}

/**
 * Gives keys the case their schema has: the contract matches field names whatever their case, and takes `null` for absent
 * (section 2). Keys of maps (tags) are left alone; so are keys that the schema does not know.
 */
export function foldKeys(value: unknown, schema: unknown): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item: unknown) => foldKeys(item, inner.element));
  }
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  const shape = inner.shape as Record<string, unknown>;
  const byLowerCase = new Map(Object.keys(shape).map((key) => [key.toLowerCase(), key]));
  const given = Object.entries(value).filter(([, item]) => item !== null);
  // Own properties all of them: assigned, the key `__proto__` would lend the object fields that were not sent.
  return Object.fromEntries(
    given.map(([key, item]) => {
      const known = Object.hasOwn(shape, key) ? key : byLowerCase.get(key.toLowerCase());
      return known === undefined ? [key, item] : [known, foldKeys(item, shape[known])];
    }),
  );
}
