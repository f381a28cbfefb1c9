import { basename } from 'node:path';
import type { Step } from '../core/step.js';
import { compilers } from './build/kbuild.js';
import { isFile } from './configure/base.js';
import type { ConfigureOptions } from './configure-run.js';
import { fetchedConfigOutput } from './fetch/config.js';

/**
 * `configure:<component>`: makes a kernel's `.config` (output `config`) from a base, which is a make target such as
 * `tinyconfig`, a file or what `fetch:<component>-config` has fetched, and fragments over it. Whatever they leave open gets Kconfig's default; nothing is asked.
 * Fails with `config-refused` when Kconfig does not grant what a fragment asks for, or as the build's commands do.
 */
export function configureStep({ component, recipeComponent }: ConfigureOptions): Step {
  const { config, variables } = recipeComponent.build;
  const fragments = config.fragments.map((path, index) => [`${index + 1}-${basename(path)}`, path] as const);
  const { base } = config;
  const file = typeof base === 'string' && isFile(base) ? [['base', base] as const] : [];
  return {
    name: `configure:${component}`,
    title: `configure the ${component}`,
    lane: 'build',
    sharedWith: 'machines',
    inputs: {
      params: {
        base: typeof base !== 'string' ? 'fetched' : isFile(base) ? 'file' : base,
        fragments: fragments.map(([label]) => label),
        variables,
      },
      files: Object.fromEntries([...file, ...fragments]),
      upstream: [
        { step: `fetch:${component}`, output: 'source' },
        { step: `patch:${component}`, output: 'configuration' },
        ...(typeof base === 'string' ? [] : [fetchedConfigOutput(component)]),
      ],
      tools: ['make', ...compilers(variables), 'flex', 'bison'],
      env: [],
    },
    outputs: { config: { path: '.config', kind: 'file' } },
    run: async (context) => (await import('./configure-run.js')).configure({ component, recipeComponent, context }),
  };
}
