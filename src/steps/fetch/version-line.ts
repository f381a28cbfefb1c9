import type { Component, StepContext } from '../../core/step.js';
import { success, type Result } from '../../core/result.js';
import type { CommandFailure } from '../../system/command.js';

/** The first line of what `program --version` prints; empty where it prints none. Fails as `runCommand` does. */
export async function versionLine(
  program: string,
  component: Component,
  { scratchFolder, signal }: StepContext,
): Promise<Result<string, CommandFailure>> {
  // Loaded when it is used: a run that has nothing to do shall not pay for it.
  const { runCommand } = await import('../../system/command.js');
  const said = await runCommand({
    program,
    arguments: ['--version'],
    folder: scratchFolder,
    signal,
    neededBy: `fetch:${component}`,
  });
  return said.ok ? success(said.value.stdout.split('\n')[0]?.trim() ?? '') : said;
}
