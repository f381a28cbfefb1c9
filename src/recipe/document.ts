import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type Node,
} from 'yaml';
import type { RecipeInvalid, RecipeSyntax } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { Located, LocatedMapping, Origin, Scalar } from './located.js';

/** Aliases in one file beyond which it is a bomb and no recipe. */
const MOST_ALIASES = 1_000;

/**
 * Parses one YAML text into located values.
 * Fails with `recipe-syntax` (line, column and the line itself) or, where the top is no mapping, `recipe-invalid`.
 */
export function parseRecipeText(text: string, origin: Origin): Result<LocatedMapping, RecipeSyntax | RecipeInvalid> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const error = document.errors[0] ?? document.warnings[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return failed(syntaxFailure(text, origin, { line, column: col, detail: error.message }));
  }
  if (!isMap(document.contents)) {
    return failed(noMapping(document.contents, origin));
  }
  const reader = new Reader(document, lines, origin);
  const node = reader.read(document.contents, 1) as LocatedMapping;
  return reader.trouble === undefined ? success(node) : failed(syntaxFailure(text, origin, reader.trouble));
}

/**
 * Parses a value given on the command line, as YAML: `50`, `q35`, `[a, b]`, `{kvm: microvm, tcg: pc}`.
 * Returns `undefined` where that is no YAML.
 */
export function parseSettingValue(text: string, origin: Origin): Located | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return undefined;
  }
  const reader = new Reader(document, undefined, origin);
  const node = reader.read(document.contents, undefined);
  return reader.trouble === undefined ? node : undefined;
}

type Place = Pick<RecipeSyntax, 'line' | 'column' | 'detail'>;

function syntaxFailure(text: string, origin: Origin, place: Place): RecipeSyntax {
  const excerpt = text.split(/\r?\n/)[place.line - 1] ?? '';
  return { reason: 'recipe-syntax', file: origin.file, ...place, excerpt };
}

function noMapping(contents: unknown, origin: Origin): RecipeInvalid {
  const empty = contents === null || (isScalar(contents) && contents.value === null);
  const found = empty ? 'nothing' : isSeq(contents) ? 'a list' : 'a text';
  const problem = {
    file: origin.file,
    path: '(top level)',
    found,
    expected: 'keys with values, such as "extends: stock"',
  };
  return { reason: 'recipe-invalid', problems: [problem] };
}

/** Walks a YAML document. Without `lines` no line is recorded. */
class Reader {
  /** What the parser leaves to its caller to find: an alias of nothing, or far too many. */
  trouble: Place | undefined;
  private aliases = 0;

  constructor(
    private readonly document: Document,
    private readonly lines: LineCounter | undefined,
    private readonly origin: Origin,
  ) {}

  /** `line` is that of the key that holds the value. */
  read(node: unknown, line: number | undefined): Located {
    const origin = line === undefined ? this.origin : { ...this.origin, line };
    if (isAlias(node)) {
      return this.readAlias(node, line) ?? { origin, content: null };
    }
    if (isMap(node)) {
      const pairs = node.items.map(
        ({ key, value }) => [String(key), this.read(value, this.lineOf(key, line))] as const,
      );
      return { origin, content: new Map(pairs) };
    }
    if (isSeq(node)) {
      return { origin, content: node.items.map((item) => this.read(item, this.lineOf(item, line))) };
    }
    return { origin, content: isScalar<Scalar | bigint>(node) ? scalar(node.value) : null };
  }

  private readAlias(alias: Alias, line: number | undefined): Located | undefined {
    const target = alias.resolve(this.document);
    this.aliases++;
    if (target !== undefined && this.aliases <= MOST_ALIASES) {
      return this.read(target, line);
    }
    const detail = target === undefined ? `no anchor "${alias.source}" above` : `more than ${MOST_ALIASES} aliases`;
    this.trouble ??= { line: line ?? 1, column: 1, detail };
    return undefined;
  }

  private lineOf(node: unknown, fallback: number | undefined): number | undefined {
    const start = (node as Node | null | undefined)?.range?.[0];
    return this.lines === undefined || start === undefined ? fallback : this.lines.linePos(start).line;
  }
}

function scalar(value: Scalar | bigint): Scalar {
  return typeof value === 'bigint' ? Number(value) : value;
}
