import {
  describeChange,
  recordedChanges,
  recordedText,
  type Change,
  type StepChanges,
  type Workspace,
} from '../../engine/index.js';
import type { LookUp } from '../../report/history/changed.js';
import type { SourceLayout } from '../../steps/source-layout.js';

/** Looks up why the bytes of a component are other ones, in the records that the two runs' steps left in the cache. */
export function lookUpIn(workspace: Workspace): LookUp {
  const known = new Map<string, StepChanges[]>();
  return (input, before, now) => {
    const key = `${before.id} ${now.id}`;
    const steps = known.get(key) ?? recordedChanges(workspace, before.id, now.id);
    known.set(key, steps);
    return steps
      .filter(({ step }) => step.endsWith(`:${input}`))
      .flatMap((changed) => linesOf(changed, workspace))
      .slice(0, MOST_LINES);
  };
}

/** More are not read between two runs; `bootlap why` shows all. */
const MOST_LINES = 6;

/**
 * What a step read otherwise. What another step made otherwise is told with that one, but for a pin, which asks the
 * world; of a program that is installed, its version stands for its many files.
 */
function linesOf({ step, changes, before, now }: StepChanges, workspace: Workspace): string[] {
  const [ours, theirs] = [sourceOf(before, workspace), sourceOf(now, workspace)];
  if (ours !== undefined && theirs !== undefined && ours !== theirs) {
    return [`${step}: ${ours} -> ${theirs}`];
  }
  return changes.flatMap((change) => {
    if (!change.input.startsWith('output ')) {
      return [`${step}: ${describeChange(change)}`];
    }
    return change.input.includes(' of pin:') ? pinLines(step, change, workspace) : [];
  });
}

/** What is known of a source that is not fetched from elsewhere. */
function sourceOf(made: StepChanges['now'], workspace: Workspace): string | undefined {
  const source = documentOf(made['source/source.json'], workspace) as LocalSource | undefined;
  switch (source?.kind) {
    case 'installed':
      return source.package === undefined ? source.version : `${source.package.name} ${source.package.version}`;
    case 'local':
      return `tree ${source.tree.slice(0, SHORT)} with ${source.changed.length} changed files`;
    default:
      return undefined;
  }
}

type LocalSource = Extract<SourceLayout, { kind: 'installed' | 'local' }>;

/** Digits of a tree's id that a person tells it by. */
const SHORT = 12;

const PINNED = ['version', 'commit', 'sha256'] as const;

/** Which version or commit was taken before, and which is now. */
function pinLines(step: string, { before, now }: Change, workspace: Workspace): string[] {
  const [ours, theirs] = [before, now].map((digest) => (documentOf(digest, workspace) ?? {}) as Pinned);
  return PINNED.filter((key) => ours?.[key] !== theirs?.[key]).map(
    (key) => `${step}: ${key} ${ours?.[key] ?? 'not known'} -> ${theirs?.[key] ?? 'not known'}`,
  );
}

type Pinned = Partial<Record<(typeof PINNED)[number], string>>;

/** A small output that bootlap wrote itself, as long as the cache has it. */
function documentOf(digest: string | undefined, workspace: Workspace): unknown {
  const text = digest === undefined ? undefined : recordedText(workspace, digest);
  return text === undefined ? undefined : JSON.parse(text);
}
