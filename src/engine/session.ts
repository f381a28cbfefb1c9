import { join } from 'node:path';
import type { Step, StepName } from '../core/step.js';
import { DigestMemory } from './digest-memory.js';
import type { Placement } from './outputs.js';
import type { StepRecord } from './record.js';
import { ToolVersions } from './tools.js';
import { outFolder, type Workspace } from './workspace.js';

/** One recipe's pipeline in one workspace, with what is remembered of it. */
export interface Session {
  readonly workspace: Workspace;
  readonly recipe: string;
  /** Each after all that it reads. */
  readonly steps: readonly Step[];
  readonly digests: DigestMemory;
  readonly tools: ToolVersions;
}

/** Reads what is remembered of a workspace and asks new tools for their versions. */
export async function openSession(workspace: Workspace, recipe: string, steps: readonly Step[]): Promise<Session> {
  const tools = ToolVersions.load(join(workspace.state, 'tools.json'));
  await tools.learn(steps.flatMap((step) => step.inputs.tools));
  return { workspace, recipe, steps, tools, digests: DigestMemory.load(join(workspace.state, 'digests.json')) };
}

/** Where a record's outputs belong in this session's workspace. */
export function placementOf({ workspace, recipe, digests }: Session, record: StepRecord): Placement {
  return { workspace, folder: outFolder(workspace, recipe, record.step), outputs: record.outputs, digests };
}

/** Where an output of a step lies for use, absolute. An unknown one is a bug and throws. */
export function outputPlace({ workspace, recipe, steps }: Session, name: StepName, output: string): string {
  const spec = steps.find((step) => step.name === name)?.outputs[output];
  if (spec === undefined) {
    throw new Error(`there is no output "${output}" of ${name}`);
  }
  return join(outFolder(workspace, recipe, name), spec.path);
}
