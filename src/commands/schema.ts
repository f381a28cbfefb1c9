import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Session } from './session.js';

const EXAMPLES = `
Examples:
  bootlap schema > recipe.schema.json

A recipe file whose first line is
  # yaml-language-server: $schema=./recipe.schema.json
is then checked by editors while you type.`;

/** `bootlap schema` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command.addHelpText('after', EXAMPLES).action(async () => {
    const { recipeJsonSchema } = await import('../recipe/json-schema.js');
    session.output.write(`${JSON.stringify(recipeJsonSchema(), undefined, 2)}\n`);
    report(EXIT_STATUS.done);
  });
}
