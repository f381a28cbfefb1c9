import { readFileSync } from 'node:fs';
import { readAssignments } from './merge.js';

/** A `.config` of all of Linux has 300 kB. */
export const MOST_CONFIG_BYTES = 4 * 1024 * 1024;

/**
 * Why a downloaded file cannot be a `.config`, as what its server did; `undefined` where it can be one.
 * A wrong address often answers with a page and status 200. Throws system errors.
 */
export function whyNoConfig(path: string): string | undefined {
  const text = readFileSync(path, 'utf8');
  if (/^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(text)) {
    return 'sent a web page, not a .config; of a gist or a file in a repository, the address behind "Raw" is needed';
  }
  return readAssignments(text).size === 0 ? 'sent no .config: not one line of it sets a CONFIG_ symbol' : undefined;
}
