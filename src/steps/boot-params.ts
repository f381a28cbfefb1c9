import type { JsonObject } from '../core/json.js';
import type { MeasuringMethod, PlanRequest } from '../measure/boot-plan.js';
import type { Recipe } from '../recipe/schema.js';

/**
 * What of a recipe decides how a boot goes, whatever accelerator it takes. Labels for people are not in it: another
 * wording needs no other boots.
 */
export function bootParams({ machine, points, measure }: Recipe): JsonObject {
  return {
    memory: machine.memory,
    cpus: machine.cpus,
    append: machine.append,
    exitDevice: machine['exit-device'],
    exitIosize: machine['exit-iosize'],
    arguments: machine.arguments,
    points: points.map(({ name, port, value }) => ({ name, port, value })),
    timeout: measure.timeout,
  };
}

/**
 * What determines the order of a recipe's boots. A point's own number of boots is in it only where it makes a
 * difference, which it does not where every boot is traced.
 */
export function planRequest(
  { points, measure: { boots, warmup, seed } }: Recipe,
  method: MeasuringMethod,
): PlanRequest {
  const fewer = Object.fromEntries(
    points.flatMap((point) => (point.boots === undefined || point.boots >= boots ? [] : [[point.name, point.boots]])),
  );
  return {
    method,
    points: points.map(({ name }) => name),
    boots,
    ...(method === 'trace' || Object.keys(fewer).length === 0 ? {} : { fewer }),
    warmup,
    seed,
  };
}
