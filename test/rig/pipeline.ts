import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../src/core/event.js';
import type { JsonObject } from '../../src/core/json.js';
import { done } from '../../src/core/result.js';
import type { JobBudget, OutputReference, Step, StepContext } from '../../src/core/step.js';
import {
  EVERYTHING,
  runPipeline,
  type PipelineRequest,
  type RunOutcome,
  type Selection,
} from '../../src/engine/index.js';

/** Tells what a tiny step reads and writes; what it leaves out is empty. */
export interface TinyStep {
  readonly name: string;
  readonly params?: JsonObject;
  readonly files?: Readonly<Record<string, string>>;
  readonly upstream?: readonly string[];
  readonly tools?: readonly string[];
  readonly lane?: Step['lane'];
  /** Where given, the step's one output is this folder of files; else the file `out`. */
  readonly folder?: Readonly<Record<string, string>>;
  /** The text of the output `out`, given the texts of what is read. */
  readonly text?: (read: readonly string[]) => string;
  readonly run?: (context: StepContext) => ReturnType<Step['run']>;
}

/** A step that joins the texts of its files and of the outputs that it reads. Counts its runs in `ran`. */
export function tinyStep(tiny: TinyStep, ran: string[] = []): Step {
  const upstream: OutputReference[] = (tiny.upstream ?? []).map((step) => ({ step, output: 'out' }));
  const files = tiny.files ?? {};
  return {
    name: tiny.name,
    title: `do ${tiny.name}`,
    lane: tiny.lane ?? 'light',
    inputs: { params: tiny.params ?? {}, files, upstream, tools: tiny.tools ?? [], env: [] },
    outputs: { out: { path: 'out', kind: tiny.folder === undefined ? 'file' : 'folder' } },
    run: (context) => {
      ran.push(tiny.name);
      return tiny.run === undefined ? Promise.resolve(write(context, tiny)) : tiny.run(context);
    },
  };
}

function write(context: StepContext, tiny: TinyStep): typeof done {
  const read = [
    ...Object.values(tiny.files ?? {}).map((path) => readFileSync(path, 'utf8')),
    ...(tiny.upstream ?? []).map((step) => readFileSync(context.upstream(step, 'out'), 'utf8')),
  ];
  if (tiny.folder === undefined) {
    writeFileSync(context.output('out'), tiny.text?.(read) ?? `${tiny.name}(${read.join(',')})`);
    return done;
  }
  mkdirSync(context.output('out'));
  for (const [name, text] of Object.entries(tiny.folder)) {
    writeFileSync(join(context.output('out'), name), text);
  }
  return done;
}

/** A budget for steps that take no slot. */
export const NO_JOBS: JobBudget = {
  total: 1,
  forMake: () => Promise.reject(new Error('no tiny step runs make')),
  forOther: () => Promise.reject(new Error('no tiny step runs jobs')),
};

/** What a test says of a run; the rest is as usual. */
export type RunWish = Partial<Omit<PipelineRequest, 'selection'>> & {
  readonly workspace: string;
  readonly steps: readonly Step[];
  readonly selection?: Partial<Selection>;
};

/** A run's outcome with its events, and how each step ended. */
export interface Ran extends RunOutcome {
  readonly events: readonly RunEvent[];
  readonly statuses: Readonly<Record<string, string>>;
}

/** A request with the usual settings, its events gathered. */
export function requestOf(wish: RunWish, events: RunEvent[] = []): PipelineRequest {
  return {
    recipe: 'tiny',
    signal: new AbortController().signal,
    sink: (event) => events.push(event),
    jobs: NO_JOBS,
    offline: false,
    clean: false,
    keepGoing: false,
    wait: true,
    command: 'bootlap run tiny',
    results: [],
    ...wish,
    selection: { ...EVERYTHING, ...wish.selection },
  };
}

/** Runs a pipeline that can begin; throws where it cannot. */
export async function run(wish: RunWish): Promise<Ran> {
  const events: RunEvent[] = [];
  const outcome = await runPipeline(requestOf(wish, events));
  if (!outcome.ok) {
    throw new Error(JSON.stringify(outcome.failure));
  }
  const statuses = Object.fromEntries(outcome.value.steps.map((end) => [end.step, end.status]));
  return { ...outcome.value, events, statuses };
}
