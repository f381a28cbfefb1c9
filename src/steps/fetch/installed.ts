import { basename } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { InstalledSource } from '../../recipe/schema.js';
import { findProgram } from '../../system/distribution.js';
import { attempt, digestFile } from '../../system/files.js';
import { writeSourceLayout, type InstalledLayout } from '../source-layout.js';
import { dataDigests, qemuDataFiles } from './qemu-data.js';
import { fetchShape } from './shape.js';
import { versionLine } from './version-line.js';

/**
 * A program of this machine, used as it is. The binary and the ROM files that it loads are read, so that an upgrade of
 * the package shows. Making the step looks at a few files and starts nothing.
 */
export function fetchInstalled(component: Component, source: InstalledSource): Step {
  const program = findProgram(source.installed);
  const data = program === undefined ? {} : qemuDataFiles(program);
  return fetchShape({
    component,
    what: `${basename(source.installed)}, installed on this machine`,
    lane: 'light',
    params: { kind: 'installed', program: basename(source.installed), found: program !== undefined },
    files: program === undefined ? {} : { [basename(source.installed)]: program, ...data },
    fill: (folder, context) => fill(folder, context, { component, source, data }),
  });
}

interface Installed {
  readonly component: Component;
  readonly source: InstalledSource;
  /** Label -> path, as the step declared them. */
  readonly data: Readonly<Record<string, string>>;
}

async function fill(folder: string, context: StepContext, installed: Installed): Promise<Result<void, Failure>> {
  const { component, source } = installed;
  const program = findProgram(source.installed);
  if (program === undefined) {
    const from = source.package === undefined ? {} : { package: source.package };
    return failed({ reason: 'tool-missing', tool: source.installed, neededBy: `fetch:${component}`, ...from });
  }
  const layout = await describe(program, context, installed);
  return layout.ok ? writeSourceLayout(folder, layout.value) : layout;
}

async function describe(
  program: string,
  context: StepContext,
  { component, source, data }: Installed,
): Promise<Result<InstalledLayout, Failure>> {
  const said = await versionLine(program, component, context);
  if (!said.ok) {
    return said;
  }
  const { packageOwning } = await import('../../system/distribution-package.js');
  const owner = await packageOwning(program, context.signal);
  const version = said.value;
  context.log.line(
    `${program}: ${version}, package ${owner === undefined ? 'none' : `${owner.name} ${owner.version}`}`,
  );
  return attempt(program, () => ({
    kind: 'installed' as const,
    program: basename(source.installed),
    ...(owner === undefined ? {} : { package: owner }),
    version,
    digest: digestFile(program),
    files: dataDigests(data),
  }));
}
