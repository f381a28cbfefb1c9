import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestBytes, digestJson, type Digest } from '../core/digest.js';
import type { RecipeFailure } from '../core/failures/recipe.js';
import { byCodeUnit, type Json } from '../core/json.js';
import { success, type Result } from '../core/result.js';
import { packageFolder } from '../system/environment.js';
import { attempt, digestFile, readJsonIfThere, writeFileAtomically, type FileFailure } from '../system/files.js';
import { findRecipe } from './find.js';
import type { LoadedRecipe, RecipeRequest, ResolvedRecipe } from './request.js';

/** A {@link RecipeRequest} and where answers to earlier ones are kept. */
export interface MemoisedRequest extends RecipeRequest {
  /** Made when missing. Any file in it may be removed at any time. */
  readonly memoFolder: string;
}

/** What is kept of a load. Its own digest tells a torn or foreign file. */
interface Memo {
  readonly digest: Digest;
  readonly body: MemoBody;
}

interface MemoBody {
  readonly key: Digest;
  readonly resolved: ResolvedRecipe;
}

/**
 * `loadRecipe` that remembers: while the recipe files, the request and our own code stay as they are, the answer comes
 * from a file, and neither zod nor yaml (90 ms between them) is loaded. Failures are not remembered.
 */
export async function loadRecipeMemoised(
  request: MemoisedRequest,
): Promise<Result<LoadedRecipe, RecipeFailure | FileFailure>> {
  const key = requestKey(request);
  const file = key === undefined ? undefined : join(request.memoFolder, `${key}.json`);
  const known = key === undefined || file === undefined ? undefined : recall(file, key);
  if (known !== undefined) {
    return success({ recipe: known.recipe, files: known.files });
  }
  const { resolveRecipe } = await import('./resolve.js');
  const loaded = resolveRecipe(request);
  if (loaded.ok && key !== undefined && file !== undefined) {
    keep(file, key, loaded.value);
  }
  return loaded.ok ? success({ recipe: loaded.value.recipe, files: loaded.value.files }) : loaded;
}

/**
 * The request as a digest; `undefined` where the recipe is not there. Our own place is in it, so that a package that
 * was moved does not find paths of where it was.
 */
function requestKey(request: MemoisedRequest): Digest | undefined {
  const file = findRecipe(request.nameOrFile, request.workingFolder);
  if (!file.ok) {
    return undefined;
  }
  const overlaid = request.settings.length + request.with.length > 0;
  return digestJson('recipe-request', {
    code: codeDigest(),
    package: packageFolder,
    file: file.value,
    settings: request.settings,
    with: request.with,
    folder: overlaid ? request.workingFolder : null,
  });
}

/** A bundled part of the command line, which has a digest of its content in its name. */
const NAMED_BY_CONTENT = /-[A-Z0-9]{8}\.js$/;

/** What stands for the code that reads recipes: its files' sizes and times, and our version, which pins zod and yaml. */
function codeDigest(): Digest {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const modules = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'));
  const states = modules.sort(byCodeUnit).map((name) => {
    // There are two hundred of them: to ask for each takes longer than the rest of a cached run's reading.
    if (NAMED_BY_CONTENT.test(name)) {
      return name;
    }
    const { size, mtimeMs } = statSync(join(folder, name));
    return `${name} ${size} ${mtimeMs}`;
  });
  return digestBytes([readFileSync(join(packageFolder, 'package.json'), 'utf8'), ...states].join('\n'));
}

function recall(file: string, key: Digest): ResolvedRecipe | undefined {
  const memo = readJsonIfThere(file) as unknown as Partial<Memo> | undefined;
  const body = memo?.body;
  if (body === undefined || memo?.digest !== bodyDigest(body) || body.key !== key) {
    return undefined;
  }
  return holds(body.resolved) ? body.resolved : undefined;
}

/** Tells whether everything that the load read or looked for is as it was. */
function holds({ files, digests, present, absent }: ResolvedRecipe): boolean {
  const unchanged = attempt('', () => files.every((file, index) => digestFile(file) === digests[index]));
  return (
    unchanged.ok &&
    unchanged.value &&
    present.every((path) => existsSync(path)) &&
    !absent.some((path) => existsSync(path))
  );
}

/** A memo that cannot be written costs the next run some milliseconds and is no failure of this one. */
function keep(file: string, key: Digest, resolved: ResolvedRecipe): void {
  attempt(file, () => {
    const body: MemoBody = { key, resolved };
    const memo: Memo = { digest: bodyDigest(body), body };
    mkdirSync(dirname(file), { recursive: true });
    writeFileAtomically(file, JSON.stringify(memo));
  });
}

function bodyDigest(body: MemoBody): Digest {
  return digestJson('recipe-memo', body as unknown as Json);
}
