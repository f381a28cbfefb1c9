import { environmentVariable } from './environment.js';

/** A service that runs jobs of continuous integration and reads more out of a log than its text. */
export type CiService = 'github' | 'gitlab';

/** The job that we run in. */
export interface CiJob {
  readonly service: CiService;
  /** Where the repository is checked out, absolute; places in its files are told relative to it. */
  readonly repository?: string;
  /** File whose Markdown is shown as the summary of the job's step. GitHub only. */
  readonly summaryFile?: string;
  /** File that takes `name=value` for later steps of the job. GitHub only. */
  readonly outputFile?: string;
}

/** The job that we run in, by the variables that the services set; `undefined` elsewhere. */
export function ciJob(): CiJob | undefined {
  if (environmentVariable('GITHUB_ACTIONS') === 'true') {
    return {
      service: 'github',
      ...set('repository', 'GITHUB_WORKSPACE'),
      ...set('summaryFile', 'GITHUB_STEP_SUMMARY'),
      ...set('outputFile', 'GITHUB_OUTPUT'),
    };
  }
  return environmentVariable('GITLAB_CI') === 'true'
    ? { service: 'gitlab', ...set('repository', 'CI_PROJECT_DIR') }
    : undefined;
}

/** Whether the job builds somebody's proposal (pull request, merge request), which may hold code that nobody has read. */
export function isPullRequest(): boolean {
  const source = environmentVariable('CI_PIPELINE_SOURCE') ?? '';
  return (
    (environmentVariable('GITHUB_EVENT_NAME') ?? '').startsWith('pull_request') ||
    ['merge_request_event', 'external_pull_request_event'].includes(source) ||
    (environmentVariable('CI_MERGE_REQUEST_IID') ?? '') !== ''
  );
}

function set(key: Exclude<keyof CiJob, 'service'>, variable: string): Partial<Omit<CiJob, 'service'>> {
  const value = environmentVariable(variable);
  return value === undefined || value === '' ? {} : { [key]: value };
}
