import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import { done, failed, success, type Result } from '../core/result.js';
import type { Component, StepContext } from '../core/step.js';
import type { RecipeComponent } from '../recipe/schema.js';
import { attempt } from '../system/files.js';
import { applyPatchFile, type AppliedPatch } from './patch/apply.js';
import { distributionPatches, type PlannedPatch } from './patch/distribution.js';
import { candidatePaths } from './patch/names.js';
import { linesOn, noticeOf } from './patch/notice.js';
import { parsePatchFile } from './patch/parse.js';
import { pickSeries } from './patch/series.js';
import { isConfigured, seriesFolder, type PatchSet } from './patch/sets.js';
import { readUnpatched } from './patch/unpatched.js';
import { PatchedFiles } from './patch/workspace.js';
import type { FileContent } from './tree/content.js';
import { concernsConfiguration } from './tree/kconfig-paths.js';
import { treeUse } from './tree/kept-tree.js';
import { openTree, type OpenTree } from './tree/open.js';
import { writePatched } from './tree/overlay.js';

/** What is patched. */
export interface PatchOptions {
  readonly component: Component;
  /** As the recipe has it, resolved: patch files are absolute paths. */
  readonly recipeComponent: RecipeComponent;
}

/** What a run of the step works on. */
export interface Patching extends PatchOptions {
  readonly entries: readonly PatchSet[];
  readonly context: StepContext;
}

/** The work of `patch:<component>`. */
export async function patch(patching: Patching): Promise<Result<void, Failure>> {
  const opened = await openTree(treeUse('patch', patching));
  if (!opened.ok) {
    return opened;
  }
  const planned = await planPatches(opened.value, patching);
  if (!planned.ok) {
    return planned;
  }
  const base = await baseOf(opened.value, planned.value);
  if (!base.ok) {
    return base;
  }
  const files = new PatchedFiles(base.value);
  const applied = await applyAll(planned.value, files, patching);
  return applied.ok ? writeOutputs(patching, files, applied.value) : applied;
}

async function planPatches(opened: OpenTree, { entries }: Patching): Promise<Result<readonly PlannedPatch[], Failure>> {
  const distribution = await distributionPatches(opened);
  if (!distribution.ok) {
    return distribution;
  }
  const planned: PlannedPatch[] = [...distribution.value];
  for (const entry of entries) {
    const paths = await pathsOfEntry(opened, entry);
    if (!paths.ok) {
      return paths;
    }
    for (const path of paths.value) {
      const text = attempt(path, () => readFileSync(path, 'latin1'));
      const parsed = text.ok ? await parsePatchFile(path, text.value) : text;
      if (!parsed.ok) {
        return parsed;
      }
      const [binary] = parsed.value.binaries;
      if (binary !== undefined) {
        return failed({ reason: 'patch-malformed', patch: parsed.value.name, line: binary.line, detail: binary.text });
      }
      planned.push({ patch: parsed.value, naming: { strip: 1 }, ours: true });
    }
  }
  return success(planned);
}

async function pathsOfEntry(opened: OpenTree, entry: PatchSet): Promise<Result<readonly string[], Failure>> {
  if (entry.series === undefined) {
    return success([...entry.files.values()]);
  }
  const version = await versionOf(opened);
  const folder = seriesFolder(entry.series);
  const picked = version.ok ? pickSeries(folder, entry.series, version.value) : version;
  return picked.ok ? success(picked.value.map((path) => join(folder, path))) : picked;
}

/** The source's version: what fetching learnt, or what a kernel's Makefile says at its top. */
async function versionOf(opened: OpenTree): Promise<Result<string, Failure>> {
  if (opened.layout.kind === 'archives' && opened.layout.version !== undefined) {
    return success(opened.layout.version);
  }
  const makefile = await readUnpatched(opened, ['Makefile']);
  if (!makefile.ok) {
    return makefile;
  }
  const text = makefile.value.get('Makefile')?.bytes.toString('latin1') ?? '';
  const [version, level] = ['VERSION', 'PATCHLEVEL'].map(
    (name) => new RegExp(`^${name} = (\\d+)$`, 'm').exec(text)?.[1],
  );
  return success(version === undefined || level === undefined ? 'unknown' : `${version}.${level}`);
}

/** Every file that the patches may touch, as it is before them. */
function baseOf(
  opened: OpenTree,
  planned: readonly PlannedPatch[],
): Promise<Result<Map<string, FileContent | undefined>, Failure>> {
  const paths = planned.flatMap(({ patch, naming }) =>
    patch.changes.flatMap((change) => candidatePaths(change, naming)),
  );
  return readUnpatched(opened, [...new Set(paths)]);
}

async function applyAll(
  planned: readonly PlannedPatch[],
  files: PatchedFiles,
  { context, recipeComponent: { fuzz } }: Patching,
): Promise<Result<readonly AppliedPatch[], Failure>> {
  const applied: AppliedPatch[] = [];
  for (const { patch, naming, ours } of planned) {
    const result = await applyPatchFile(patch, { naming, fuzz: ours ? fuzz : 0 }, files);
    if (!result.ok) {
      return failed(result.failure);
    }
    applied.push(result.value);
    linesOn(result.value).forEach((line) => context.log.line(line));
    if (ours) {
      context.notice('info', noticeOf(result.value));
    }
  }
  return success(applied);
}

function writeOutputs(
  { recipeComponent, context }: Patching,
  files: PatchedFiles,
  applied: readonly AppliedPatch[],
): Result<void, Failure> {
  const path = context.output('applied');
  const recorded = attempt(path, () => writeFileSync(path, `${JSON.stringify(applied, undefined, 2)}\n`));
  const changes = files.changes();
  const written = recorded.ok ? writePatched(context.output('patched'), changes) : recorded;
  if (!written.ok || !isConfigured(recipeComponent)) {
    return written.ok ? done : written;
  }
  const configuring = new Map([...changes].filter(([file]) => concernsConfiguration(file)));
  return writePatched(context.output('configuration'), configuring);
}
