import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestBytes } from '../../src/core/digest.js';
import type { Failure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import type { Step, StepContext } from '../../src/core/step.js';

/** Runs steps one after the other in a folder of their own, without an engine. */
export interface StepRig {
  /** Everything that was noticed, logged and told as progress. */
  readonly notices: string[];
  readonly log: string[];
  readonly progress: { readonly done: number; readonly total?: number }[];
  readonly downloads: string;
  run(step: Step, options?: RunOptions): Promise<Result<void, Failure>>;
  /** Path of an output that a step has made. */
  output(step: string, output: string): string;
}

/** How a step is run. */
export interface RunOptions {
  readonly offline?: boolean;
  readonly forced?: boolean;
  readonly signal?: AbortSignal;
}

/** Sets it up below a folder. */
export function startStepRig(folder: string): StepRig {
  let runs = 0;
  const made = new Map<string, string>();
  const rig = { notices: [] as string[], log: [] as string[], progress: [] as { done: number; total?: number }[] };
  const sharedFolder = (name: string): string => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const output = (step: string, name: string): string => {
    const path = made.get(`${step} ${name}`);
    if (path === undefined) {
      throw new Error(`${step} has made no ${name}`);
    }
    return path;
  };
  const contextFor = (step: Step, options: RunOptions): StepContext => {
    runs += 1;
    const own = sharedFolder(`run-${runs}`);
    return {
      output(name) {
        const path = join(own, 'out', step.outputs[name]?.path ?? 'undeclared');
        mkdirSync(dirname(path), { recursive: true });
        made.set(`${step.name} ${name}`, path);
        return path;
      },
      upstream(from, name) {
        if (!step.inputs.upstream.some((one) => one.step === from && one.output === name)) {
          throw new Error(`${step.name} does not declare ${from} ${name}`);
        }
        return output(from, name);
      },
      fingerprint: digestBytes(step.name),
      resumeFolder: sharedFolder(`run-${runs}/resume`),
      scratchFolder: sharedFolder(`run-${runs}/scratch`),
      runFolder: folder,
      folders: { trees: join(folder, 'trees'), downloads: sharedFolder('downloads'), apt: sharedFolder('apt') },
      jobs: {
        total: 1,
        forMake: () => Promise.reject(new Error('nothing is made here')),
        forOther: () => Promise.resolve({ jobs: 1, release: () => undefined }),
      },
      log: { path: join(own, 'log'), line: (text) => void rig.log.push(text) },
      signal: options.signal ?? new AbortController().signal,
      offline: options.offline ?? false,
      clean: false,
      forced: options.forced ?? false,
      progress: (progress) => void rig.progress.push(progress),
      notice: (_level, text) => void rig.notices.push(text),
      compiled: () => undefined,
      holdsOthers: () => undefined,
      news: (text) => void rig.notices.push(text),
    };
  };
  return {
    ...rig,
    downloads: join(folder, 'downloads'),
    output,
    run: (step, options = {}) => step.run(contextFor(step, options)),
  };
}
