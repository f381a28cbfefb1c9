import { byCodeUnit } from '../core/json.js';
import type { StepResult } from '../engine/index.js';
import { textFile, type TarFile } from '../system/tar-writer.js';
import { jsonText, PLACES } from './bundle-document.js';

/** `records/<step>.json`: what a step read, and what it made. No clock and no path of a machine is in it. */
export interface BundledRecord {
  readonly schemaVersion: 1;
  readonly step: string;
  readonly fingerprint: StepResult['fingerprint'];
  readonly inputs: StepResult['inputs'];
  readonly outputs: Readonly<Record<string, { kind: string; path: string; digest: string; bytes: number }>>;
}

/** Where the record of a step lies. */
export function recordPlace(step: string): string {
  return `records/${step.replace(':', '-')}.json`;
}

/** The records of a run's steps, and the tools that they used. */
export function recordFiles(steps: Iterable<StepResult>): TarFile[] {
  const sorted = [...steps].sort((a, b) => byCodeUnit(a.step, b.step));
  const records = sorted.map((result) => textFile(recordPlace(result.step), jsonText(recordOf(result))));
  return [...records, textFile(PLACES.toolchain, jsonText({ schemaVersion: 1, ...toolchainOf(sorted) }))];
}

function recordOf({ step, fingerprint, inputs, outputs }: StepResult): BundledRecord {
  const listed = Object.entries(outputs).map(([name, { kind, path, digest, bytes }]) => [
    name,
    { kind, path, digest, bytes },
  ]);
  return {
    schemaVersion: 1,
    step,
    fingerprint,
    inputs,
    outputs: Object.fromEntries(listed) as BundledRecord['outputs'],
  };
}

/** Tool -> version, and which steps used it. */
function toolchainOf(steps: readonly StepResult[]): { tools: Record<string, { version: string; steps: string[] }> } {
  const tools: Record<string, { version: string; steps: string[] }> = {};
  for (const { step, inputs } of steps) {
    for (const [tool, version] of Object.entries(inputs.tools)) {
      const entry = (tools[tool] ??= { version, steps: [] });
      entry.steps.push(step);
    }
  }
  return { tools: Object.fromEntries(Object.entries(tools).sort(([a], [b]) => byCodeUnit(a, b))) };
}
