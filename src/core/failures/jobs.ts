/** What can go wrong with the jobs of a sweep themselves, whatever is in them. */
export type JobFailure = JobsRefused | JobOutcomeMissing | LetterNotSent | LetterNotThere | NoHost;

/** A job was carried out and has left nothing. Exit status 1. */
export interface JobOutcomeMissing {
  readonly reason: 'job-outcome-missing';
  readonly job: string;
  /** Where its outcome should be. */
  readonly folder: string;
}

/** What was to travel through the shared cache could not. Exit status 4. */
export interface LetterNotSent {
  readonly reason: 'letter-not-sent';
  readonly host: string;
  /** The end of a sentence that begins with the server. */
  readonly detail: string;
}

/** What should have come through the shared cache is not to be had. Exit status 4. */
export interface LetterNotThere {
  readonly reason: 'letter-not-there';
  readonly host: string;
  /** The end of a sentence that begins with the server. */
  readonly detail: string;
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
