import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';

const EXAMPLES = `
Examples:
  bootlap schema > recipe.schema.json
  bootlap schema sweep > sweep.schema.json

A recipe file whose first line is
  # yaml-language-server: $schema=./recipe.schema.json
is then checked by editors while you type.`;

/** `bootlap schema [recipe|sweep]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('[what]', '"recipe" or "sweep"', 'recipe')
    .addHelpText('after', EXAMPLES)
    .action(async (what: string) => report(await print(session, what)));
}

async function print(session: Session, what: string): Promise<ExitStatus> {
  const schema = SCHEMAS[what];
  if (schema === undefined) {
    const message = `there is no schema of "${what}"`;
    return fail(session, { reason: 'usage', message, hint: 'there is one of a "recipe" and one of a "sweep"' });
  }
  session.output.write(`${JSON.stringify(await schema(), undefined, 2)}\n`);
  return EXIT_STATUS.done;
}

const SCHEMAS: Readonly<Record<string, (() => Promise<object>) | undefined>> = {
  recipe: async () => (await import('../recipe/json-schema.js')).recipeJsonSchema(),
  sweep: async () => (await import('../recipe/sweep/json-schema.js')).sweepJsonSchema(),
};
