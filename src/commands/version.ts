import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../system/environment.js';

/** The version of this bootlap: `0.9.0`. */
export function ownVersion(): string {
  const description = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return description.version;
}
