/** Which of the recipes that ship a recipe comes down to: their needs are listed, those of a user's file are not. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Its name; a name is given back as it is, and "stock" for a file that does not tell. */
export function shippedRecipe(nameOrFile, seen = []) {
  if (!/\.ya?ml$/.test(nameOrFile)) {
    return nameOrFile;
  }
  const base = seen.includes(nameOrFile) || !existsSync(nameOrFile) ? undefined : extendedBy(nameOrFile);
  return base === undefined ? 'stock' : shippedRecipe(base, [...seen, nameOrFile]);
}

/** A name, or the path of a file. No package that could read YAML is there yet. */
function extendedBy(file) {
  const [, base] = /^extends:[ \t]*["']?([^\s"'#]+)/m.exec(readFileSync(file, 'utf8')) ?? [];
  return base !== undefined && /\.ya?ml$/.test(base) ? resolve(dirname(file), base) : base;
}
