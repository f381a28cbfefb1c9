import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import type { Build } from '../../src/recipe/schema.js';
import { makeStep } from '../../src/steps/make.js';
import { patchStep } from '../../src/steps/patch.js';
import { writeSourceLayout } from '../../src/steps/source-layout.js';
import { Jobserver } from '../../src/system/jobserver.js';
import { Bench, removeFolder, temporaryFolder, writeFiles } from '../rig/context.js';
import { component } from '../rig/tree.js';

/** What is built, and what of it is taken. */
export interface Wish {
  readonly build: Build;
  readonly outputs: Record<string, string>;
  readonly patches?: string[];
}

/** A workspace in which a firmware is made out of files that a test gives, by real compilers and makes. */
export class MakeRig {
  readonly folder = temporaryFolder();
  readonly bench: Bench;

  private constructor(readonly jobs: Jobserver) {
    this.bench = new Bench(join(this.folder, 'ws'), { jobs });
  }

  static async open(): Promise<MakeRig> {
    const opened = await Jobserver.open(2);
    if (!opened.ok) {
      throw new Error(opened.failure.reason);
    }
    return new MakeRig(opened.value);
  }

  close(): void {
    this.jobs.close();
    removeFolder(this.folder);
  }

  /** Leaves files as `fetch:firmware` does. A `configure` at the top is executable. */
  fetched(files: Record<string, string>, workspace = this.bench): void {
    const source = workspace.output('fetch:firmware', 'source');
    rmSync(join(this.folder, 'in'), { recursive: true, force: true });
    rmSync(source, { recursive: true, force: true });
    mkdirSync(source, { recursive: true });
    writeFiles(join(this.folder, 'in/top'), files);
    if (files['configure'] !== undefined) {
      chmodSync(join(this.folder, 'in/top/configure'), 0o755);
    }
    execFileSync('tar', ['-C', join(this.folder, 'in'), '-cf', join(source, 'a.tar'), 'top']);
    writeSourceLayout(source, { kind: 'archives', layers: [{ archive: 'a.tar', strip: 1 }] });
  }

  /** Runs `patch:firmware`, then `make:firmware`. */
  async make(
    { build, outputs, patches = [] }: Wish,
    workspace = this.bench,
    signal?: AbortSignal,
  ): Promise<Result<void, Failure>> {
    const recipeComponent = component({ build, outputs, patches });
    const patched = await workspace.run(patchStep({ component: 'firmware', recipeComponent }));
    return patched.ok ? workspace.run(makeStep({ component: 'firmware', recipeComponent }), signal) : patched;
  }

  output(name: string, workspace = this.bench): string {
    return workspace.output('make:firmware', name);
  }

  text(name: string): string {
    return readFileSync(this.output(name), 'utf8');
  }

  /** Runs something with programs of the test's own first on the PATH: name -> script. */
  async withPrograms<T>(programs: Record<string, string>, work: () => Promise<T>): Promise<T> {
    const bin = join(this.folder, 'bin');
    writeFiles(bin, programs);
    Object.keys(programs).forEach((name) => chmodSync(join(bin, name), 0o755));
    const path = process.env['PATH'] ?? '';
    process.env['PATH'] = `${bin}:${path}`;
    try {
      return await work();
    } finally {
      process.env['PATH'] = path;
    }
  }
}
