import { z } from 'zod';
import type { RecipeProblem } from '../core/failures/recipe.js';
import { nearest } from '../core/nearest.js';
import { failed, success, type Result } from '../core/result.js';
import { originOf, pathText, plain, valueAt, type KeyPath, type Located } from './located.js';
import { recipeSchema, type Recipe } from './schema.js';
import { below, describeSchema, intended, keysOf, oneOf } from './shape.js';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** Checks a merged recipe against the schema. Fails with every problem, each with its file and line. */
export function checkSchema(node: Located): Result<Recipe, readonly RecipeProblem[]> {
  return checkAgainst(recipeSchema, node);
}

/** Checks a document against its schema. Fails with every problem, each with its file and line. */
export function checkAgainst<T>(schema: z.ZodType<T>, node: Located): Result<T, readonly RecipeProblem[]> {
  const parsed = schema.safeParse(plain(node));
  if (parsed.success) {
    return success(parsed.data);
  }
  return failed(parsed.error.issues.flatMap((issue) => problemsOf({ node, schema }, issue)));
}

/** What is checked, and what it has to be. */
interface Checked {
  readonly node: Located;
  readonly schema: Schema;
}

/** A problem at a key of the recipe. `found` is what stands there when it is not given. */
export function problemAt(
  node: Located,
  path: KeyPath,
  words: Omit<RecipeProblem, 'file' | 'line' | 'path'>,
): RecipeProblem {
  const { file, line } = originOf(node, path);
  return { file, ...(line === undefined ? {} : { line }), path: pathText(path), ...words };
}

/** A value as a message shows it: shortly, and in quotes where it is a text. */
export function shown(node: Located | undefined): string {
  const content = node?.content;
  if (content === undefined || content === null) {
    return 'nothing';
  }
  if (typeof content === 'string') {
    return JSON.stringify(content.length > 60 ? `${content.slice(0, 57)}...` : content);
  }
  if (Array.isArray(content)) {
    return content.length === 0 ? 'an empty list' : 'a list';
  }
  return typeof content === 'object' ? 'a mapping' : String(content);
}

function problemsOf(checked: Checked, issue: Issue): readonly RecipeProblem[] {
  const path = issue.path as KeyPath;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(checked, [...path, key]));
    case 'invalid_union':
      return unionProblems(checked, path);
    case 'invalid_format':
    case 'custom':
      return [problemAt(checked.node, path, { found: shown(valueAt(checked.node, path)), expected: issue.message })];
    case 'invalid_key':
      return [
        problemAt(checked.node, path, {
          found: `key ${JSON.stringify(path.at(-1))}`,
          expected: issue.issues[0]?.message ?? '',
        }),
      ];
    default:
      return [wrongValue(checked, path)];
  }
}

function unknownKey(checked: Checked, path: KeyPath): RecipeProblem {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const schema = schemaAt(checked, parent) ?? checked.schema;
  const known = keysOf(intended(schema, plainAt(checked.node, parent)) ?? schema);
  const near = nearest(key, known);
  const expected = known.length === 0 ? 'no key' : oneOf(known);
  return problemAt(checked.node, path, {
    found: `key ${JSON.stringify(key)}`,
    expected,
    ...(near === undefined ? {} : { nearest: near }),
  });
}

/** Of a union's many complaints, only those of the member that was meant. */
function unionProblems(checked: Checked, path: KeyPath): readonly RecipeProblem[] {
  const value = valueAt(checked.node, path);
  const schema = schemaAt(checked, path);
  if (schema === undefined || value === undefined) {
    return [wrongValue(checked, path)];
  }
  const member = intended(schema, plain(value));
  if (typeof value.content !== 'object') {
    return [wrongValue(checked, path)];
  }
  if (member === undefined || member === schema) {
    return [unnamedKind(checked.node, path, schema)];
  }
  const parsed = (member as z.ZodType).safeParse(plain(value));
  const issues = parsed.error?.issues ?? [];
  return issues.flatMap((issue) => problemsOf(checked, { ...issue, path: [...path, ...issue.path] }));
}

/** A mapping of which no key tells what kind it is: most often that key is mistyped. */
function unnamedKind(node: Located, path: KeyPath, schema: Schema): RecipeProblem {
  const value = valueAt(node, path);
  const keys = value?.content instanceof Map ? [...(value.content.keys() as Iterable<string>)] : [];
  const known = keysOf(schema);
  const wrong = keys.find((key) => !known.includes(key));
  const near = wrong === undefined ? undefined : nearest(wrong, known);
  const found =
    keys.length === 0 ? shown(value) : `a mapping with ${keys.map((key) => JSON.stringify(key)).join(', ')}`;
  return problemAt(node, path, {
    found,
    expected: describeSchema(schema),
    ...(near === undefined ? {} : { nearest: near }),
  });
}

function wrongValue(checked: Checked, path: KeyPath): RecipeProblem {
  const value = valueAt(checked.node, path);
  const schema = schemaAt(checked, path);
  const expected = schema === undefined ? 'another value' : describeSchema(schema);
  const near =
    typeof value?.content === 'string' && schema !== undefined ? nearestWord(schema, value.content) : undefined;
  return problemAt(checked.node, path, {
    found: shown(value),
    expected,
    ...(near === undefined ? {} : { nearest: near }),
  });
}

function nearestWord(schema: Schema, word: string): string | undefined {
  const words = describeSchema(schema).split(/, | or /);
  return words.every((each) => /^[a-z0-9-]+$/.test(each)) ? nearest(word, words) : undefined;
}

/** The schema for a key of this recipe, with unions decided by what stands there, as far as that tells. */
function schemaAt({ node, schema: top }: Checked, path: KeyPath): Schema | undefined {
  let schema = top;
  for (const [depth, key] of path.entries()) {
    const member: Schema = intended(schema, plainAt(node, path.slice(0, depth))) ?? schema;
    const [first, ...more] = below(member, key);
    if (first === undefined) {
      return undefined;
    }
    schema = more.length === 0 ? first : z.union([first, ...more]);
  }
  return schema;
}

function plainAt(node: Located, path: KeyPath): unknown {
  const value = valueAt(node, path);
  return value === undefined ? undefined : plain(value);
}
