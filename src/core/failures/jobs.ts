/** What can go wrong with the jobs of a sweep themselves, whatever is in them. */
export type JobFailure = JobsRefused | JobOutcomeMissing | NoHost;

/** A job was carried out and has left nothing. Exit status 1. */
export interface JobOutcomeMissing {
  readonly reason: 'job-outcome-missing';
  readonly job: string;
  /** Where its outcome should be. */
  readonly folder: string;
}

/** None of the hosts can carry jobs out. Exit status 3. */
export interface NoHost {
  readonly reason: 'no-host';
  readonly hosts: readonly { readonly host: string; readonly detail: string }[];
}

/** A scheduler will not take jobs as they are asked for. Exit status 3. */
export interface JobsRefused {
  readonly reason: 'jobs-refused';
  /** The scheduler's own. */
  readonly words: string;
}
