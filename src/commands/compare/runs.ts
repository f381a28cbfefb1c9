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
import type { NamedRun } from './named.js';
import { readRun } from './read-run.js';
import { writeComparison } from './show.js';
import type { CompareWish } from './wish.js';

/** Two finished measurements that are to be compared. */
export interface RunsRequest {
  readonly a: NamedRun;
  readonly b: NamedRun;
  readonly wish: CompareWish;
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
export function compareRuns(request: RunsRequest): Result<Compared, Failure> {
  const document = hold(request);
  if (!document.ok) {
    return document;
  }
  const workspace = openWorkspace(request.workspace);
  if (!workspace.ok) {
    return workspace;
  }
  const folder = attempt(workspace.value.runs, () => makeRecordFolder(workspace.value, 'compare').path);
  if (!folder.ok) {
    return folder;
  }
  const written = writeComparison(document.value, folder.value);
  return written.ok ? success({ document: document.value, folder: folder.value }) : written;
}

function hold({ a, b, wish, different }: RunsRequest): Result<ComparisonDocument, Failure> {
  const [ours, theirs] = [readRun(a), readRun(b)];
  if (!ours.ok) {
    return ours;
  }
  if (!theirs.ok) {
    return theirs;
  }
  const obstacle = obstacleTo(ours.value, theirs.value, { wish, different });
  return obstacle === undefined
    ? success(comparisonDocument(ours.value, theirs.value, { ...wish, interleaved: false }))
    : failed(obstacle);
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
