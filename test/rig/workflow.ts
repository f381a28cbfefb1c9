import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { jobOutputs } from './job-log.js';

/** A step of a workflow or of a composite action, as far as the tests look at it. */
export interface WorkflowStep {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

/** A composite action. */
export interface CompositeAction {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly WorkflowStep[] };
}

/** Reads a file of GitHub's or GitLab's. */
export function readYaml(path: string): unknown {
  return parse(readFileSync(path, 'utf8')) as unknown;
}

/** Where a step runs, and what it can refer to. */
export interface StepPlace {
  /** Of the repository. */
  readonly folder: string;
  /** For the runner's own files. */
  readonly temporary: string;
  readonly actionPath: string;
  /** What an expression such as `inputs.recipe` stands for. */
  readonly values: Readonly<Record<string, string>>;
}

/** What a step left. */
export interface RanStep {
  readonly status: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the script of a step as GitHub's runner does, with every line as it stands in the file. */
export async function runStep(
  step: WorkflowStep,
  { folder, temporary, actionPath, values }: StepPlace,
): Promise<RanStep> {
  const [script, outputFile, summaryFile] = ['script.sh', 'outputs', 'summary.md'].map((name) =>
    join(temporary, name),
  ) as [string, string, string];
  writeFileSync(script, step.run ?? '');
  [outputFile, summaryFile].forEach((file) => writeFileSync(file, ''));
  const { PATH = '', HOME = '' } = process.env;
  const environment = Object.entries(step.env ?? {}).map(([name, value]) => [name, resolved(value, values)]);
  // The runner's own way of starting bash, where a step of a workflow names no shell: without pipefail.
  const options = step.shell === 'bash' ? ['--noprofile', '--norc', '-e', '-o', 'pipefail'] : ['-e'];
  const child = spawn('bash', [...options, script], {
    cwd: folder,
    env: {
      PATH,
      HOME,
      CI: 'true',
      BOOTLAP_NO_INSTALL: '1',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      GITHUB_ACTION_PATH: actionPath,
      RUNNER_TEMP: temporary,
      ...(Object.fromEntries(environment) as Record<string, string>),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  await once(child, 'close');
  return { status: child.exitCode, log, outputs: jobOutputs(readFileSync(outputFile, 'utf8')) };
}

/** A text with its expressions replaced; only plain references are known, and an unknown one is empty, as it is there. */
export function resolved(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => values[name] ?? '');
}
