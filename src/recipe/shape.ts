import { z } from 'zod';

/** Questions about the recipe's schema: what may stand at a key, and how to call it. */

type Schema = z.core.$ZodType;

/** The schema without the wrappers that only say "may be missing" or "has a default". */
function bare(schema: Schema): Schema {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return bare(schema.unwrap());
  }
  return schema;
}

/** The members of a union, unions in it opened; any other schema is its own only member. */
export function alternatives(schema: Schema): readonly Schema[] {
  const inner = bare(schema);
  return inner instanceof z.ZodUnion ? inner.options.flatMap(alternatives) : [inner];
}

/**
 * The member of a union that a value was meant to be: the one of its type and, between mappings, the one whose
 * naming key (the first that it declares) is there, with the right word where the key holds a fixed one.
 * `undefined` where that cannot be told.
 */
export function intended(schema: Schema, value: unknown): Schema | undefined {
  const members = alternatives(schema);
  if (members.length === 1) {
    return members[0];
  }
  const sameType = members.filter((member) => typeMatches(member, value));
  if (!isPlainObject(value) || sameType.length === 1) {
    return sameType.length === 1 ? sameType[0] : undefined;
  }
  return sameType.find((member) => isNamedBy(member, value));
}

/** What may stand below a key: one schema for each union member that has the key. */
export function below(schema: Schema, key: string | number): readonly Schema[] {
  return alternatives(schema).flatMap((member) => {
    if (member instanceof z.ZodObject) {
      const shape = member.shape as Record<string, Schema>;
      const found = shape[key];
      return found !== undefined && Object.hasOwn(shape, key) ? [found] : [];
    }
    if (member instanceof z.ZodRecord) {
      return [member.valueType];
    }
    return member instanceof z.ZodArray && typeof key === 'number' ? [member.element] : [];
  });
}

/** The keys that a mapping may have; for a union, those of all its members. */
export function keysOf(schema: Schema): string[] {
  const keys = alternatives(schema).flatMap((member) =>
    member instanceof z.ZodObject ? Object.keys(member.shape) : [],
  );
  return [...new Set(keys)];
}

/** What would be right, in words: `a whole number from 0 to 65535`, `auto, kvm or tcg`. */
export function describeSchema(schema: Schema): string {
  const members = alternatives(schema);
  const kinds = members.filter((member) => member instanceof z.ZodObject);
  if (kinds.length > 1) {
    return `a mapping with ${describeKinds(kinds)}`;
  }
  return oneOf([...new Set(members.map(describeMember))]);
}

/** Joins words as a sentence does: `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function describeKinds(kinds: readonly z.ZodObject[]): string {
  const named = kinds.map((kind) => {
    const [key, schema] = namingKey(kind);
    return schema instanceof z.ZodLiteral ? `"${key}: ${[...schema.values].join('')}"` : `"${key}"`;
  });
  return oneOf(named);
}

function describeMember(schema: Schema): string {
  if (schema instanceof z.ZodNumber) {
    return describeNumber(schema);
  }
  if (schema instanceof z.ZodEnum) {
    return oneOf(schema.options.map(String));
  }
  if (schema instanceof z.ZodLiteral) {
    return oneOf([...schema.values].map(String));
  }
  if (schema instanceof z.ZodArray) {
    return describeList(schema.element, schema.safeParse([]).success);
  }
  if (schema instanceof z.ZodObject) {
    return `a mapping with ${keysOf(schema).join(', ')}`;
  }
  return schema instanceof z.ZodRecord ? 'a mapping' : describeText(schema);
}

function describeList(element: Schema, mayBeEmpty: boolean): string {
  const members = alternatives(element);
  const all = (type: typeof z.ZodObject | typeof z.ZodString): boolean =>
    members.every((member) => member instanceof type);
  const entries = all(z.ZodObject) ? ' of mappings' : all(z.ZodString) ? ' of texts' : '';
  return `a list${entries}${mayBeEmpty ? '' : ' with at least one entry'}`;
}

/** A text with a form of its own says itself what that is, when it is given what no form allows: a zero byte. */
function describeText(schema: Schema): string {
  const issue = (schema as z.ZodType).safeParse('\0').error?.issues[0];
  return issue?.code === 'invalid_format' ? issue.message : 'a text';
}

function describeNumber(schema: z.ZodNumber): string {
  const kind = schema.format === 'safeint' ? 'a whole number' : 'a number';
  const least = schema.minValue ?? Number.NEGATIVE_INFINITY;
  const most = schema.maxValue ?? Number.POSITIVE_INFINITY;
  const bounded = (bound: number): boolean => Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  if (bounded(least) && bounded(most)) {
    return `${kind} from ${least} to ${most}`;
  }
  return bounded(least) ? `${kind} of at least ${least}` : bounded(most) ? `${kind} of at most ${most}` : kind;
}

function typeMatches(schema: Schema, value: unknown): boolean {
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) {
    return isPlainObject(value);
  }
  return schema instanceof z.ZodArray ? Array.isArray(value) : !isPlainObject(value) && !Array.isArray(value);
}

function isNamedBy(member: Schema, value: Readonly<Record<string, unknown>>): boolean {
  if (!(member instanceof z.ZodObject)) {
    return false;
  }
  const [key, schema] = namingKey(member);
  return (
    Object.hasOwn(value, key) &&
    (!(schema instanceof z.ZodLiteral) || [...schema.values].some((word) => word === value[key]))
  );
}

function namingKey(member: z.ZodObject): readonly [string, Schema | undefined] {
  return Object.entries(member.shape)[0] ?? ['', undefined];
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
