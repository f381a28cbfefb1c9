import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { digestBytes } from '../../src/core/digest.js';
import type { CompilationCache, CompileTally } from '../../src/core/compilations.js';
import type { Failure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import type { JobBudget, Progress, Step, StepContext } from '../../src/core/step.js';

/** A folder of a test's own, with links in its path resolved. Remove it with {@link removeFolder}. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'bootlap-test-')));
}

/** Removes what {@link temporaryFolder} made. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes files, path -> text, below a folder; parent folders are made. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** What a step said while it ran. */
export interface Heard {
  readonly lines: string[];
  readonly notices: string[];
  readonly progress: Progress[];
  readonly tallies: CompileTally[];
}

/**
 * A workspace without an engine: steps run in it one after the other, each finding the outputs of those before.
 * No fingerprints, no cache; everything a step touches is real.
 */
export class Bench {
  readonly heard: Heard = { lines: [], notices: [], progress: [], tallies: [] };
  readonly abort = new AbortController();
  private runs = 0;
  private readonly declared = new Map<string, Step>();

  constructor(
    readonly folder: string,
    private readonly options: {
      readonly jobs?: JobBudget;
      readonly clean?: boolean;
      readonly offline?: boolean;
      readonly compilations?: CompilationCache;
    } = {},
  ) {}

  /** Where an output of a step lies. */
  output(step: string, output: string): string {
    const path = this.declared.get(step)?.outputs[output]?.path ?? output;
    return join(this.folder, 'out', step.replace(':', '-'), path);
  }

  /** Makes a step's outputs known that a test has written itself. */
  declare(step: Step): void {
    this.declared.set(step.name, step);
  }

  /** Runs a step to its end, over whatever an earlier run of it left. */
  async run(step: Step, signal: AbortSignal = this.abort.signal): Promise<Result<void, Failure>> {
    const out = join(this.folder, 'out', step.name.replace(':', '-'));
    rmSync(out, { recursive: true, force: true });
    for (const { path } of Object.values(step.outputs)) {
      mkdirSync(dirname(join(out, path)), { recursive: true });
    }
    this.declared.set(step.name, step);
    return step.run(this.context(step, signal));
  }

  private context(step: Step, signal: AbortSignal): StepContext {
    const make = (name: string): string => {
      mkdirSync(join(this.folder, name), { recursive: true });
      return join(this.folder, name);
    };
    this.runs += 1;
    return {
      output: (name) => join(this.folder, 'out', step.name.replace(':', '-'), declaredPath(step, name)),
      upstream: (of, output) => this.upstream(of, output),
      fingerprint: digestBytes(JSON.stringify(step.inputs.params)),
      resumeFolder: make('resume'),
      scratchFolder: make(`scratch/${this.runs}`),
      runFolder: make('runs/1'),
      folders: { trees: make('trees'), downloads: make('downloads'), apt: make('apt') },
      jobs: this.options.jobs ?? oneJob,
      ...(this.options.compilations && { compilations: this.options.compilations }),
      log: { path: join(this.folder, 'log'), line: (text) => this.heard.lines.push(text) },
      signal,
      offline: this.options.offline ?? false,
      clean: this.options.clean ?? false,
      forced: false,
      progress: (progress) => this.heard.progress.push(progress),
      notice: (_level, text) => this.heard.notices.push(text),
      news: (text) => this.heard.notices.push(text),
      holdsOthers: () => this.heard.notices.push('holds what others have compiled'),
      compiled: (tally) => this.heard.tallies.push(tally),
    };
  }

  private upstream(step: string, output: string): string {
    const path = this.output(step, output);
    if (!existsSync(path)) {
      throw new Error(`no output ${output} of ${step} at ${path}`);
    }
    return path;
  }
}

function declaredPath(step: Step, name: string): string {
  const spec = step.outputs[name];
  if (spec === undefined) {
    throw new Error(`${step.name} declares no output ${name}`);
  }
  return spec.path;
}

/** A budget without a jobserver: every make runs one job. */
const oneJob: JobBudget = {
  total: 1,
  forMake: () => Promise.resolve({ makeflags: '', descriptor: 2, release: () => undefined }),
  forOther: () => Promise.resolve({ jobs: 1, release: () => undefined }),
};
