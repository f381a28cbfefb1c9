import type { JsonObject } from '../core/json.js';
import type { MeasuringMethod, PlanRequest } from '../measure/boot-plan.js';
import type { StopAsked } from '../measure/stop.js';
import { hasMatrix } from '../recipe/cells.js';
import type { Recipe } from '../recipe/schema.js';

/**
 * What of a recipe decides how a boot goes, whatever accelerator it takes. Labels for people are not in it: another
 * wording needs no other boots.
 */
export function bootParams(recipe: Recipe): JsonObject {
  const { machine, points, measure } = recipe;
  return {
    memory: machine.memory,
    cpus: machine.cpus,
    append: machine.append,
    exitDevice: machine['exit-device'],
    exitIosize: machine['exit-iosize'],
    arguments: machine.arguments,
    points: points.map(({ name, port, value }) => ({ name, port, value })),
    timeout: measure.timeout,
    ...(hasMatrix(recipe) ? { matrix: recipe.matrix } : {}),
  };
}

/**
 * What determines the order of a recipe's boots. A point's own number of boots is in it only where it makes a
 * difference, which it does not where every boot is traced. Where a rule says when it was enough, the plan is that of the
 * most boots, and a point that gets fewer keeps its share.
 */
export function planRequest({ points, measure }: Recipe, method: MeasuringMethod): PlanRequest {
  const { boots, warmup, seed } = measure;
  const fewer = Object.fromEntries(
    points.flatMap((point) => (point.boots === undefined || point.boots >= boots ? [] : [[point.name, point.boots]])),
  );
  const isOpen = hasStopRule(measure);
  return {
    method,
    points: points.map(({ name }) => name),
    boots: isOpen ? measure['max-boots'] : boots,
    ...(method === 'trace' || Object.keys(fewer).length === 0 ? {} : { fewer, ...(isOpen ? { of: boots } : {}) }),
    warmup,
    seed,
  };
}

/** What decides when it was enough, where that is not a number of boots. */
export function stopAsked(measure: StopKeys): StopAsked | undefined {
  const { for: time, until } = measure;
  return hasStopRule(measure)
    ? {
        ...(time === undefined ? {} : { for: time }),
        ...(until === undefined ? {} : { until }),
        'max-boots': measure['max-boots'],
      }
    : undefined;
}

type StopKeys = Pick<Recipe['measure'], 'for' | 'until' | 'max-boots'>;

function hasStopRule({ for: time, until }: StopKeys): boolean {
  return time !== undefined || until !== undefined;
}

/** What ends a measurement, for a person: `for 60s`, `until the interval is narrower than 1%`. */
export function stopWords({ for: time, until }: StopAsked): string {
  return [
    ...(time === undefined ? [] : [`for ${time}`]),
    ...(until === undefined ? [] : [`until the interval is narrower than ${until}`]),
  ].join(' or ');
}
