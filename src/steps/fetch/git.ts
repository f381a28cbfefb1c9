import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { done, failed, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { GitSource } from '../../recipe/schema.js';
import type { CommitWanted } from '../../system/git-fetch.js';
import { pinOutput } from '../pin.js';
import { readPin, type GitPin } from '../pin-document.js';
import { writeSourceLayout, type ArchiveLayer } from '../source-layout.js';
import { fetchShape, versionIn } from './shape.js';

/**
 * A git repository at the commit of its pin, without history, as a tar of its tree; each submodule that the recipe
 * names is a tar of its own. Where it comes from makes no difference, because the commit's name tells what it is.
 */
export function fetchGit(component: Component, source: GitSource): Step {
  const submodules = Object.fromEntries(
    Object.entries(source.submodules).map(([path, module]) => [path, module.commit]),
  );
  const version = versionIn(source.branch);
  return fetchShape({
    component,
    what: `${source.git} ${source.branch}`,
    lane: 'network',
    params: { kind: 'git', submodules, version },
    upstream: [pinOutput(component)],
    fill: (folder, context) => fill(folder, context, { component, source }),
  });
}

/** One tree of the source: the repository itself, or a submodule. */
interface Part {
  readonly archive: string;
  readonly into?: string;
  readonly wanted: CommitWanted;
}

interface Asked {
  readonly component: Component;
  readonly source: GitSource;
}

async function fill(
  folder: string,
  context: StepContext,
  { component, source }: Asked,
): Promise<Result<void, Failure>> {
  const pin = readPin(context.upstream(pinOutput(component).step, 'pin'), 'git');
  if (!pin.ok) {
    return pin;
  }
  const parts = [mainPart(source, pin.value), ...submoduleParts(source)];
  for (const part of parts) {
    const fetched = await fetchPart(join(folder, part.archive), context, { component, part });
    if (!fetched.ok) {
      return fetched;
    }
  }
  const version = versionIn(source.branch);
  const layers = parts.map(layer);
  return writeSourceLayout(folder, { kind: 'archives', ...(version === undefined ? {} : { version }), layers });
}

function mainPart(source: GitSource, { commit, tree }: GitPin): Part {
  return {
    archive: 'source.tar',
    wanted: {
      urls: [source.git, ...source.mirrors],
      commit,
      branch: source.branch,
      ...(tree === undefined ? {} : { tree }),
    },
  };
}

function submoduleParts(source: GitSource): Part[] {
  return Object.entries(source.submodules).map(([path, module], index) => ({
    archive: `submodule-${index + 1}-${path.replaceAll(/[^A-Za-z0-9.-]/g, '-')}.tar`,
    into: path,
    wanted: { urls: [module.git, ...module.mirrors], commit: module.commit },
  }));
}

function layer(part: Part): ArchiveLayer {
  return { archive: part.archive, strip: 0, ...(part.into === undefined ? {} : { into: part.into }) };
}

/** The repository is named by the commit, so that a fetch that was broken off finds what it has. */
async function fetchPart(
  to: string,
  context: StepContext,
  { component, part }: { readonly component: Component; readonly part: Part },
): Promise<Result<void, Failure>> {
  const repository = join(context.folders.downloads, `git-${part.wanted.commit}.git`);
  const run = { neededBy: `fetch:${component}`, signal: context.signal };
  const onProgress = (objects: number, total: number): void =>
    context.progress({
      done: objects,
      total,
      unit: 'objects',
      ...(part.into === undefined ? {} : { note: part.into }),
    });
  const wanted = context.offline ? { ...part.wanted, urls: [] } : part.wanted;
  // Loaded when it is used: a run that has nothing to do shall not pay for it.
  const { fetchCommit } = await import('../../system/git-fetch.js');
  const tree = await fetchCommit({ folder: repository, onProgress, ...run }, wanted);
  if (!tree.ok) {
    const what = `commit ${part.wanted.commit} of ${part.wanted.urls[0] ?? ''}`;
    return context.offline && tree.failure.reason === 'git-failed' ? failed({ reason: 'offline', what }) : tree;
  }
  context.log.line(`commit ${part.wanted.commit} has tree ${tree.value}`);
  const { archiveTree } = await import('../../system/git-archive.js');
  const archived = await archiveTree({ repository, tree: tree.value, to, scratch: context.scratchFolder, ...run });
  return archived.ok ? done : archived;
}
