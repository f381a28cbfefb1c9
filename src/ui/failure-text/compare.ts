import type { CompareFailure, GateFinding, NotComparable, RunNotFound } from '../../core/failures/compare.js';
import { count, type Explainers, type FailureText } from './text.js';

/** Why a comparison is not made, or does not let B pass, in words. */
export const compareExplainers: Explainers<CompareFailure> = {
  'run-not-found': runNotFound,
  'run-unfit': ({ path, detail }) => ({
    headline: `${path} has no figures to compare: ${detail}`,
    details: ['a run that can be compared has summary.json and samples.ndjson in its folder'],
    hint: '"bootlap run" measures anew; a copy of a run needs both files',
  }),
  'not-comparable': notComparable,
  regression: ({ gates }) => ({
    headline: `B is beyond ${gates.length === 1 ? 'the limit' : `${gates.length} limits`} that A sets`,
    details: gates.map(gateLine),
    hint: 'look at what B changed in that phase; what is meant to be slower needs another limit in --fail-if',
  }),
  'regression-unsettled': ({ gates }) => ({
    headline: `the boots do not tell whether B is beyond ${gates.length === 1 ? 'the limit' : `${gates.length} of the limits`}`,
    details: gates.map(gateLine),
    hint: 'four times the boots halve the interval (--set measure.boots=N); a busy machine widens it',
  }),
};

function gateLine({ gate, found }: GateFinding): string {
  return `--fail-if '${gate}': ${found}`;
}

function runNotFound({ wanted, folder, known, nearest }: RunNotFound): FailureText {
  return {
    headline: `"${wanted}" is no run, no summary.json and no recipe`,
    details: [
      known.length === 0
        ? `there is no run with figures in ${folder}`
        : `newest runs in ${folder}: ${known.join(', ')}`,
    ],
    hint:
      nearest === undefined
        ? 'name a run, the folder of a run, a summary.json, a recipe, or "latest" for the newest run'
        : `did you mean "${nearest}"?`,
  };
}

function notComparable({ differences }: NotComparable): FailureText {
  return {
    headline: `A and B cannot be compared: they differ in ${differences.length === 1 ? 'one condition' : count(differences.length, 'condition')}`,
    details: differences.map(({ field, a, b }) => `${field}: ${a} in A, ${b} in B`),
    hint: 'measure both in the same way on the same machine, best interleaved: "bootlap compare RECIPE RECIPE"; --allow-different compares them all the same and marks the report',
  };
}
