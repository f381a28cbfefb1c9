/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** An object of {@link Json} values. A key whose value is `undefined` does not exist. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * The one spelling of a JSON value: keys in code-unit order, no white space.
 * Code-unit order, because a locale's order differs between machines and would give them different hashes.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    return canonicalObject(value as JsonObject);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`JSON has no ${value}`);
  }
  return JSON.stringify(value);
}

function canonicalObject(object: JsonObject): string {
  const members: string[] = [];
  for (const key of Object.keys(object).sort(byCodeUnit)) {
    const value = object[key];
    if (value !== undefined) {
      members.push(`${JSON.stringify(key)}:${canonicalJson(value)}`);
    }
  }
  return `{${members.join(',')}}`;
}

/** Orders strings by UTF-16 code unit, the same on every machine whatever its locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
