import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { makeRecordFolder, openWorkspace } from '../../engine/index.js';
import { unknownTarget } from '../../measure/comparison/gate.js';
import {
  commonNames,
  comparisonDocument,
  conditionsDiffer,
  type ComparisonDocument,
  type Side,
} from '../../report/comparison.js';
import { attempt } from '../../system/files.js';
import { runsCommands } from '../../report/comparison-reproduce.js';
import type { ComparisonContent } from '../../report/html/comparison/content.js';
import { comparisonCall } from './call.js';
import type { NamedRun } from './named.js';
import type { RecipesOptions } from './recipes-options.js';
import { readRun } from './read-run.js';
import { COMPARISON } from './run-names.js';
import { writeComparison } from './show.js';
import type { CompareWish, WishOptions } from './wish.js';

/** Two finished measurements that are to be compared. */
export interface RunsRequest {
  readonly a: NamedRun;
  readonly b: NamedRun;
  readonly wish: CompareWish;
  /** As they were given. */
  readonly options: RecipesOptions & WishOptions;
  /** Absolute path of the workspace that the record is kept in. */
  readonly workspace: string;
  /** What is done where they were made under conditions that differ. */
  readonly different: 'refuse' | 'allow';
}

/** A comparison and where its record lies. */
export interface Compared {
  readonly document: ComparisonDocument;
  readonly folder: string;
}

/** Compares two finished measurements and keeps a record of it among the runs. */
export async function compareRuns(request: RunsRequest): Promise<Result<Compared, Failure>> {
  const held = holdRuns(request);
  if (!held.ok) {
    return held;
  }
  const workspace = openWorkspace(request.workspace);
  if (!workspace.ok) {
    return workspace;
  }
  const folder = attempt(
    workspace.value.runs,
    () => makeRecordFolder(workspace.value, COMPARISON, 'latest-compare').path,
  );
  if (!folder.ok) {
    return folder;
  }
  const { document, sides } = held.value;
  const words = { a: request.a.name, b: request.b.name };
  const commands = runsCommands(comparisonCall(words, request.options), sides);
  const written = await writeComparison({ document, sides, commands }, folder.value);
  return written.ok ? success({ document, folder: folder.value }) : written;
}

/** Compares two finished measurements; keeps nothing. */
export function holdRuns({
  a,
  b,
  wish,
  different,
}: Pick<RunsRequest, 'a' | 'b' | 'wish' | 'different'>): Result<
  Pick<ComparisonContent, 'document' | 'sides'>,
  Failure
> {
  const [ours, theirs] = [readRun(a), readRun(b)];
  if (!ours.ok) {
    return ours;
  }
  if (!theirs.ok) {
    return theirs;
  }
  const obstacle = obstacleTo(ours.value, theirs.value, { wish, different });
  if (obstacle !== undefined) {
    return failed(obstacle);
  }
  const sides = { a: ours.value, b: theirs.value };
  return success({ document: comparisonDocument(sides.a, sides.b, { ...wish, interleaved: false }), sides });
}

function obstacleTo(
  { summary: a }: Side,
  { summary: b }: Side,
  { wish, different }: Pick<RunsRequest, 'wish' | 'different'>,
): Failure | undefined {
  const differences = conditionsDiffer(a, b);
  if (differences.length > 0 && different === 'refuse') {
    return { reason: 'not-comparable', differences };
  }
  return unknownTarget(wish.gates, commonNames(a, b));
}
