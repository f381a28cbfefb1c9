// Loaded into a process by NODE_OPTIONS=--import: writes every npm package's file that is imported into $TOLD_IMPORTS.
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';

const hooks = `
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) appendFileSync(process.env.TOLD_IMPORTS, name + '\\n');
  return next(url, context);
}`;

if (process.env.TOLD_IMPORTS !== undefined) {
  appendFileSync(process.env.TOLD_IMPORTS, '');
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}
