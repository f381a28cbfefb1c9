/** The engine: fingerprints, looks up, runs, records. It knows nothing of kernels or VMs. */

export { collectCache, type Collected } from './collect.js';
export type { Change } from './explain.js';
export { listCache, verifyCache, type CacheCheck, type CacheEntry } from './inspect.js';
export { takeLock, type Holder, type Lock, type LockRequest } from './lock.js';
export { lastLog, type LastLog } from './logs.js';
export { explainStep, planPipeline, type Explanation, type PlannedStep, type PlanRequest } from './plan.js';
export { runPipeline, type PipelineRequest, type ResultFile, type RunOutcome } from './run.js';
export { makeRecordFolder, type RunFolder } from './run-folder.js';
export { EVERYTHING, matchesGlob, select, type Selection } from './selection.js';
export { openWorkspace, outFolder, workspaceAt, type Workspace } from './workspace.js';
