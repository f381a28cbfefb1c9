import type { JobFailure } from '../../core/failures/jobs.js';
import type { Explainers } from './text.js';

/** What went wrong with the jobs of a sweep, in words. */
export const jobExplainers: Explainers<JobFailure> = {
  'job-outcome-missing': (failure) => ({
    headline: `the job ${failure.job} has come to its end and left nothing in ${failure.folder}`,
    details: ['what the others have left is kept'],
    hint: 'see what is in that folder, and whether it can be written; "bootlap sweep --attach latest" tries once more',
  }),
  'letter-not-sent': (failure) => ({
    headline: `the shared cache ${failure.host} ${failure.detail}: what was to travel through it could not`,
    details: ['it was tried several times'],
    hint: 'see whether the server can be reached and takes what this key signs; "bootlap sweep --attach latest" goes on',
  }),
  'letter-not-there': (failure) => ({
    headline: `the shared cache ${failure.host} ${failure.detail}`,
    details: [],
    hint: 'this host and the one of the sweep have to use the same shared cache, and each has to trust the key of the other',
  }),
  'no-host': (failure) => ({
    headline: 'none of the hosts can carry a job out',
    details: failure.hosts.map(({ host, detail }) => `${host}: ${detail}`),
    hint: 'try "ssh HOST true" by hand, then "bootlap sweep --attach latest" goes on',
  }),
  'jobs-refused': (failure) => ({
    headline: 'Slurm does not take the jobs as they are asked for',
    details: ['what it has already goes on'],
    quoted: [failure.words],
    hint: 'correct what it names under "slurm:" in the sweep\'s file, and begin it anew: what is built stays built',
  }),
};
