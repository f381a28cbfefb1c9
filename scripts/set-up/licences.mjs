/** The licences of packages whose code goes into a file of ours. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { top } from './place.mjs';

/**
 * A comment with the licence of every package that these modules are from, in the order of their names.
 * @param {readonly string[]} modules paths as esbuild tells them
 */
export function licencesOf(modules) {
  const folders = modules.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].map((folder) => licenceOf(folder.slice(folder.indexOf('node_modules'))));
  // What would end the comment is kept apart.
  return `/*\n${texts.sort().join('\n').replaceAll('*/', '* /')}*/\n`;
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(top, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(top, folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? '' : readFileSync(join(top, folder, file), 'utf8').trim();
  return `${name} ${version} (${license})\n${text}\n`;
}
