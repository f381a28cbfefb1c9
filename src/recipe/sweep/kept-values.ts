import { dirname } from 'node:path';
import type { Json } from '../../core/json.js';
import type { Located, Origin } from '../located.js';

/**
 * A value of a sweep as it was written in its file, made from the plain one that a plan keeps. Only the line is not known
 * any more.
 */
export function parsedSetting(value: Json, file: string): Located {
  return located(value, { file, folder: dirname(file), trusted: false });
}

function located(value: Json, origin: Origin): Located {
  if (value === null || typeof value !== 'object') {
    return { origin, content: value };
  }
  const content = Array.isArray(value)
    ? (value as readonly Json[]).map((item) => located(item, origin))
    : new Map(
        Object.entries(value).flatMap(([key, inner]) =>
          inner === undefined ? [] : [[key, located(inner, origin)] as const],
        ),
      );
  return { origin, content };
}
