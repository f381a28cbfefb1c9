import { mkdirSync } from 'node:fs';
import type { Failure } from '../../core/failure.js';
import type { JsonObject } from '../../core/json.js';
import type { Result } from '../../core/result.js';
import type { Component, Lane, OutputReference, Step, StepContext } from '../../core/step.js';
import { attempt, copyFile, type FileFailure } from '../../system/files.js';

/** What the fetch steps differ in. */
export interface FetchParts {
  readonly component: Component;
  /** For a person: `linux-source from the distribution`. */
  readonly what: string;
  readonly lane: Lane;
  readonly params: JsonObject;
  readonly files?: Readonly<Record<string, string>>;
  readonly upstream?: readonly OutputReference[];
  /** Fills the output folder, which is there and empty. */
  fill(folder: string, context: StepContext): Promise<Result<void, Failure>>;
}

/** A step whose one output is the folder `source`. */
export function fetchShape(parts: FetchParts): Step {
  return {
    name: `fetch:${parts.component}`,
    title: `fetch the ${parts.component} (${parts.what})`,
    lane: parts.lane,
    // What comes from the network is the same everywhere; a file of this machine is not.
    ...(parts.lane === 'network' ? { sharedWith: 'machines' } : {}),
    inputs: { params: parts.params, files: parts.files ?? {}, upstream: parts.upstream ?? [], tools: [], env: [] },
    outputs: { source: { path: 'source', kind: 'folder' } },
    run: async (context) => {
      const folder = context.output('source');
      const made = attempt(folder, () => mkdirSync(folder, { recursive: true }));
      return made.ok ? parts.fill(folder, context) : made;
    },
  };
}

/** Copies a finished download into the output. It stays, because another step may want it and a cache can go bad. */
export function copyInto(from: string, to: string): Result<void, FileFailure> {
  return attempt(to, () => copyFile(from, to));
}

/** Tells the progress of a download in bytes. */
export function bytesProgress(context: StepContext, note?: string): (done: number, total?: number) => void {
  return (done, total) => {
    const known = total === undefined ? {} : { total };
    context.progress({ done, ...known, unit: 'bytes', ...(note === undefined ? {} : { note }) });
  };
}

/** A version in the name of an archive, a branch or a tag: `linux-4.18.tar.xz` -> `4.18`, `v6.1.2` -> `6.1.2`. */
export function versionIn(name: string): string | undefined {
  return /(?:^|[-_/v])(\d+(?:\.\d+)+)(?=$|[-+_.]|\.t)/.exec(name)?.[1];
}
