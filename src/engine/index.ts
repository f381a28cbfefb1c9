/** The engine: fingerprints, looks up, runs, records. It knows nothing of kernels or VMs. */

export { collectCache, type Collected } from './collect.js';
export { describeChange, type Change } from './explain.js';
export { listCache, verifyCache, type CacheCheck, type CacheEntry } from './inspect.js';
export { knownInputs } from './known-inputs.js';
export { takeLock, type Holder, type Lock, type LockRequest } from './lock.js';
export { lastLog, type LastLog } from './logs.js';
export { explainStep, planPipeline, type Explanation, type PlannedStep, type PlanRequest } from './plan.js';
export { fingerprintOf, type InputsDocument } from './fingerprint.js';
export { cachedObject, cachedResult, type StepResult } from './result.js';
export { recordedChanges, recordedText, type StepChanges } from './recorded-changes.js';
export { runPipeline, type PipelineRequest, type ResultFile, type RunOutcome } from './run.js';
export { makeRecordFolder, type RunFolder, type RunLink } from './run-folder.js';
export { keptWorkFolder, keptWorkOf, type KeptWorkRequest } from './kept-work.js';
export type { FoundResult, OfferedResult, SharedKey, SharedResults } from './shared.js';
export { EVERYTHING, matchesGlob, select, type Selection } from './selection.js';
export { openWorkspace, outFolder, workspaceAt, type Workspace } from './workspace.js';
