import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import { dotGraph, mermaidGraph } from '../ui/graph.js';
import { addRecipeOptions, DEFAULT_RECIPE, type RecipeOptions } from './options.js';
import { callPipeline } from './pipeline.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';

interface GraphOptions extends RecipeOptions {
  readonly format: 'mermaid' | 'dot';
}

const EXAMPLES = `
Examples:
  bootlap graph                                for a Markdown file
  bootlap graph --format dot | dot -Tsvg > steps.svg`;

/** `bootlap graph [recipe|file]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command.argument('[recipe]', 'name of a recipe that ships, or path of a recipe file', DEFAULT_RECIPE);
  addRecipeOptions(command)
    .addOption(
      command.createOption('--format <format>', 'what to print').choices(['mermaid', 'dot']).default('mermaid'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (recipe: string, options: GraphOptions) => report(await graph(session, recipe, options)));
}

async function graph(session: Session, recipe: string, options: GraphOptions): Promise<ExitStatus> {
  const pipeline = await callPipeline(recipe, options);
  if (!pipeline.ok) {
    return fail(session, pipeline.failure);
  }
  const draw = options.format === 'dot' ? dotGraph : mermaidGraph;
  session.output.write(draw(pipeline.value.steps));
  return EXIT_STATUS.done;
}
