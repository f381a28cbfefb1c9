// Loaded into a process by NODE_OPTIONS=--import: writes the npm package of every file that is imported into
// $TOLD_IMPORTS, and into $TOLD_FILES, where that is set, the address of every file.
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';

const hooks = `
import { appendFileSync } from 'node:fs';
const { TOLD_IMPORTS, TOLD_FILES } = process.env;
export async function load(url, context, next) {
  const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) appendFileSync(TOLD_IMPORTS, name + '\\n');
  if (TOLD_FILES !== undefined && url.startsWith('file:')) appendFileSync(TOLD_FILES, url + '\\n');
  return next(url, context);
}`;

if (process.env.TOLD_IMPORTS !== undefined) {
  appendFileSync(process.env.TOLD_IMPORTS, '');
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}
