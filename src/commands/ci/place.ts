import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { StepFailure } from '../../core/event.js';
import type { Failure } from '../../core/failure.js';
import type { Component, Step } from '../../core/step.js';
import type { Recipe } from '../../recipe/schema.js';
import { attempt } from '../../system/files.js';

/** Where in the user's files a failure comes from. */
export interface SourcePlace {
  /** Absolute. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
}

/** A failure and where it comes from, where that is known. */
export interface PlacedFailure extends StepFailure {
  readonly place?: SourcePlace;
}

/** What the failures of a run are looked up in. */
export interface Origins {
  readonly recipe: Pick<Recipe, Component>;
  readonly steps: readonly Step[];
}

/** Adds to failures of steps the line of the patch, or of the working tree, that they come from. */
export function placed(failures: readonly StepFailure[], origins: Origins): PlacedFailure[] {
  return failures.map((failed) => {
    const found = attempt('', () => placeOf(failed, origins));
    return found.ok && found.value !== undefined ? { ...failed, place: found.value } : failed;
  });
}

function placeOf({ step, failure }: StepFailure, { recipe, steps }: Origins): SourcePlace | undefined {
  const component = (['hypervisor', 'firmware', 'kernel'] as const).find((name) => step?.endsWith(`:${name}`));
  if (failure.reason === 'patch-rejected' || failure.reason === 'patch-malformed') {
    const file = patchFile(
      steps.find(({ name }) => name === step),
      failure.patch,
    );
    return file === undefined ? undefined : { file, ...lineInPatch(failure, file) };
  }
  const source = component === undefined ? undefined : recipe[component].source;
  return failure.reason === 'command-failed' && source !== undefined && 'local' in source
    ? compilerPlace(failure.lastLines, source.local)
    : undefined;
}

function patchFile(step: Step | undefined, patch: string): string | undefined {
  const files = Object.entries(step?.inputs.files ?? {});
  return files.find(([label, path]) => [label, basename(label), basename(path)].includes(patch))?.[1];
}

function lineInPatch(
  failure: Extract<Failure, { readonly reason: 'patch-rejected' | 'patch-malformed' }>,
  file: string,
): { readonly line?: number } {
  const line = failure.reason === 'patch-malformed' ? failure.line : hunkLine(readFileSync(file, 'utf8'), failure);
  return line === undefined ? {} : { line };
}

/** The line of a hunk's `@@`, counted among the hunks of its file; that of the file's header where no hunk is named. */
function hunkLine(
  patch: string,
  { file, hunk }: { readonly file: string; readonly hunk?: number },
): number | undefined {
  const lines = patch.split('\n');
  const header = lines.findIndex((line) => /^(\+\+\+|---) /.test(line) && nameIn(line).endsWith(file));
  if (header < 0 || hunk === undefined) {
    return header < 0 ? undefined : header + 1;
  }
  const starts = lines.flatMap((line, index) => (index > header && line.startsWith('@@ ') ? [index + 1] : []));
  return starts[hunk - 1] ?? header + 1;
}

function nameIn(header: string): string {
  return (header.slice(4).split('\t')[0] ?? '').trim();
}

const COMPILER_ERROR = /^\s*((?:[\w.+-]+\/)*[\w.+-]+):(\d+):(?:\d+:)? (?:fatal )?error: /;

/** The place that a compiler complains of, in the tree that it was copied from. */
function compilerPlace(lines: readonly string[], tree: string): SourcePlace | undefined {
  for (const text of lines) {
    const [, path, line] = COMPILER_ERROR.exec(text) ?? [];
    const file = path === undefined ? undefined : resolve(tree, path.replace(/^(\.\.?\/)+/, ''));
    if (file !== undefined && existsSync(file)) {
      return { file, line: Number(line) };
    }
  }
  return undefined;
}

/** The line of a recipe's file that declares a phase or a point; its first line where another file declares it. */
export function declarationPlace(recipeFile: string, name: string): SourcePlace {
  const text = attempt(recipeFile, () => readFileSync(recipeFile, 'utf8'));
  const lines = text.ok ? text.value.split('\n') : [];
  const declares = new RegExp(`\\bname:\\s*["']?${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}["']?\\s*([,}#]|$)`);
  const index = lines.findIndex((line) => declares.test(line));
  return { file: recipeFile, line: Math.max(index, 0) + 1 };
}

/** A patch or tree file relative to the repository, with `/`; `undefined` where it lies elsewhere. */
export function inRepository(file: string, repository: string | undefined): string | undefined {
  const folder = repository === undefined ? undefined : join(repository, '/');
  return folder !== undefined && file.startsWith(folder) ? file.slice(folder.length) : undefined;
}
