import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Digest } from '../../src/core/digest.js';
import type { Failure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import type { Progress, Step, StepContext } from '../../src/core/step.js';
import { recipeSchema, type Recipe } from '../../src/recipe/schema.js';
import { stopwatchStep } from '../../src/steps/stopwatch.js';

/** A folder in which steps run one by one, without an engine. Upstream outputs are paths that the test names. */
export class VmBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'bootlap-vm-'));
  /** `make:kernel/image` -> path. */
  readonly outputs = new Map<string, string>();
  readonly notices: { level: string; text: string }[] = [];
  readonly lines: string[] = [];
  readonly progress: Progress[] = [];
  readonly abort = new AbortController();
  clean = false;
  forced = false;

  /** Runs a step; its outputs can be read upstream by the next ones. */
  async run(step: Step): Promise<Result<void, Failure>> {
    const context = this.context(step);
    const result = await step.run(context);
    for (const name of Object.keys(step.outputs)) {
      this.outputs.set(`${step.name}/${name}`, context.output(name));
    }
    return result;
  }

  /** Where an output of a step that has run lies. */
  path(step: string, output: string): string {
    const path = this.outputs.get(`${step}/${output}`);
    if (path === undefined) {
      throw new Error(`nothing made ${step}/${output}`);
    }
    return path;
  }

  made(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private context(step: Step): StepContext {
    const own = join('steps', step.name.replace(':', '-'));
    return {
      output: (name) => {
        const spec = step.outputs[name];
        if (spec === undefined) {
          throw new Error(`${step.name} declares no output ${name}`);
        }
        const path = join(this.made(join(own, 'out')), spec.path);
        mkdirSync(dirname(path), { recursive: true });
        return path;
      },
      upstream: (name, output) => {
        if (!step.inputs.upstream.some((reference) => reference.step === name && reference.output === output)) {
          throw new Error(`${step.name} does not declare ${name}/${output}`);
        }
        return this.path(name, output);
      },
      fingerprint: 'f'.repeat(64) as Digest,
      resumeFolder: this.made(join(own, 'resume')),
      scratchFolder: this.made(join(own, 'scratch')),
      runFolder: this.made('run'),
      folders: { trees: this.made('trees'), downloads: this.made('downloads'), apt: this.made('apt') },
      jobs: {
        total: 1,
        forMake: () => Promise.reject(new Error('no make here')),
        forOther: () => Promise.reject(new Error('no build here')),
      },
      log: { path: join(this.folder, 'log'), line: (text) => this.lines.push(text) },
      signal: this.abort.signal,
      offline: false,
      clean: this.clean,
      forced: this.forced,
      progress: (progress) => this.progress.push(progress),
      notice: (level, text) => this.notices.push({ level, text }),
      compiled: () => undefined,
      holdsOthers: () => undefined,
      news: (text) => this.notices.push({ level: 'info', text }),
    };
  }
}

/** A bench whose stopwatch is built. */
export async function vmBench(): Promise<VmBench> {
  const bench = new VmBench();
  const built = await bench.run(stopwatchStep());
  if (!built.ok) {
    throw new Error(JSON.stringify(built.failure));
  }
  return bench;
}

/** What a test changes of {@link guestRecipe}. */
export interface GuestRecipeChanges {
  readonly hypervisor?: string;
  readonly machine?: Record<string, unknown>;
  readonly measure?: Record<string, unknown>;
  readonly points?: readonly { name: string; port: number; value: number; boots?: number }[];
}

/** A recipe for the tiny guest: three points as qboot and the patched kernel write them, TCG, short times, boots that end there. */
export function guestRecipe({ hypervisor, machine, measure, points }: GuestRecipeChanges = {}): Recipe {
  const built = { source: { local: '/nowhere' }, build: { system: 'make' } };
  return recipeSchema.parse({
    name: 'guest',
    hypervisor: { source: { installed: hypervisor ?? 'qemu-system-x86_64' } },
    firmware: built,
    kernel: built,
    machine: { type: 'pc', accel: 'tcg', memory: 64, ...machine },
    points: points ?? [
      { name: 'firmware', port: 0xf5, value: 1 },
      { name: 'kernel', port: 0xf4, value: 3 },
      { name: 'user-space', port: 0xf6, value: 2 },
    ],
    phases: [
      { name: 'tQEMU', to: 'firmware' },
      { name: 'tFW', from: 'firmware', to: 'kernel' },
      { name: 'tKernel', from: 'kernel', to: 'user-space' },
    ],
    measure: { method: 'exit', boots: 2, warmup: 1, timeout: '2s', ...measure },
  });
}
