import type { JsonObject } from '../core/json.js';
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
