// `node unpack-one.mjs ARCHIVE FOLDER`: unpacks with bootlap's own code, as a process of its own.

import { basename, join } from 'node:path';
import { unpackArchives } from '../dist/system/archive.js';

const [archive, folder] = process.argv.slice(2);
const result = await unpackArchives({ layers: [{ file: archive, strip: 0 }], folder: join(folder, 'tree') });
if (!result.ok) {
  console.error(basename(archive), result.failure);
  process.exitCode = 1;
}
