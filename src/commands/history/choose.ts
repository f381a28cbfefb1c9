import type { Failure } from '../../core/failure.js';
import { nearest } from '../../core/nearest.js';
import { failed, success, type Result } from '../../core/result.js';
import type { HostRecord } from '../../measure/host.js';
import { isOnHost, sortOut, totalOf, type PastRun, type SortedOut } from '../../report/history/sort-out.js';
import type { FoundRuns } from './read-runs.js';

/** Which runs a user asks for. */
export interface Choice {
  /** Name of the recipe; without it, that of the newest run. */
  readonly recipe?: string;
  /** Id of a run whose like is asked for; without it, the newest one on this host. */
  readonly like?: string;
}

/** Where runs are chosen from. */
export interface ChoiceOffer extends FoundRuns {
  readonly host: HostRecord;
  /** Folder of the runs, for complaints. */
  readonly folder: string;
}

/** A history's runs. */
export interface Chosen {
  readonly recipe: string;
  readonly sorted: SortedOut;
}

/** The runs that are asked for: at least one. Fails with `usage` or `run-not-found`. */
export function chooseRuns({ recipe, like }: Choice, offer: ChoiceOffer): Result<Chosen, Failure> {
  const reached = offer.runs.filter((run) => totalOf(run) !== undefined);
  if (like !== undefined) {
    const named = reached.find(({ id }) => id === like);
    return named === undefined ? failed(runNotFound(like, reached, offer.folder)) : success(chosenLike(named, offer));
  }
  const name = recipe ?? newestOf(reached, offer.host)?.summary.recipe.name;
  const own = reached.filter(({ summary }) => summary.recipe.name === name);
  const anchor = own.findLast((run) => isOnHost(run, offer.host));
  return anchor === undefined
    ? failed(noRuns({ name, own, reached, folder: offer.folder }))
    : success(chosenLike(anchor, offer));
}

function newestOf(runs: readonly PastRun[], host: HostRecord): PastRun | undefined {
  return runs.findLast((run) => isOnHost(run, host)) ?? runs.at(-1);
}

function chosenLike(anchor: PastRun, { runs, unfit }: ChoiceOffer): Chosen {
  const { name } = anchor.summary.recipe;
  const own = runs.filter(({ summary }) => summary.recipe.name === name);
  const ownUnfit = unfit.filter(({ id }) => id.slice(id.indexOf('-') + 1, id.lastIndexOf('-')) === name);
  return { recipe: name, sorted: sortOut(own, anchor, ownUnfit) };
}

/** Runs that a complaint names. */
const SHOWN_RUNS = 5;

function runNotFound(wanted: string, runs: readonly PastRun[], folder: string): Failure {
  const ids = runs.map(({ id }) => id).reverse();
  const near = nearest(wanted, ids);
  return {
    reason: 'run-not-found',
    wanted,
    folder,
    known: ids.slice(0, SHOWN_RUNS),
    ...(near === undefined ? {} : { nearest: near }),
  };
}

interface Missing {
  readonly name: string | undefined;
  readonly own: readonly PastRun[];
  readonly reached: readonly PastRun[];
  readonly folder: string;
}

function noRuns({ name, own, reached, folder }: Missing): Failure {
  const newest = own.at(-1);
  if (newest !== undefined) {
    return {
      reason: 'usage',
      message: `all runs of ${name ?? ''} in ${folder} were measured on another machine (${newest.summary.host.cpu})`,
      hint: `--like ${newest.id} shows the history there`,
    };
  }
  const names = [...new Set(reached.map(({ summary }) => summary.recipe.name))];
  const near = nearest(name ?? '', names);
  return {
    reason: 'usage',
    message: name === undefined ? `there is no measurement in ${folder}` : `there is no run of ${name} in ${folder}`,
    hint: [
      ...(near === undefined ? [] : [`did you mean "${near}"?`]),
      names.length === 0 ? `"bootlap run" makes the first one` : `there are runs of ${names.join(', ')}`,
    ].join(' '),
  };
}
