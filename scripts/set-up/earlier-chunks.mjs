/**
 * What earlier builds of the command line were made of. A run that is under way loads parts of itself when it needs
 * them, hours after its start perhaps, so they stay for a while beside those of the newest build.
 */

import { existsSync, linkSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** npm packs nothing that it names, and it tells which chunks are of earlier builds. */
const LIST = '.npmignore';
/** Milliseconds for which a chunk stays after the last build that made it. */
const DAY = 24 * 3600 * 1000;
/** More are not kept, however many builds there are in a day: those of 30 builds or more, some 50 MB. */
const MOST = 6000;

/** Brings what is younger than a day from the folder of the build before into that of the new one. */
export function keepEarlierChunks(before, after, now = Date.now()) {
  const list = join(before, LIST);
  const listed = new Set(existsSync(list) ? readFileSync(list, 'utf8').split('\n') : []);
  const ours = new Set(readdirSync(after));
  const chunks = (existsSync(before) ? readdirSync(before) : [])
    .filter((name) => name.endsWith('.js') && !ours.has(name))
    .map((name) => ({ name, from: join(before, name) }));
  // Its time is that at which a build first went without it.
  chunks.filter(({ name }) => !listed.has(name)).forEach(({ from }) => utimesSync(from, now / 1000, now / 1000));
  const kept = chunks
    .map((chunk) => ({ ...chunk, since: statSync(chunk.from).mtimeMs }))
    .filter(({ since }) => now - since < DAY)
    .sort((one, other) => other.since - one.since)
    .slice(0, MOST);
  kept.forEach(({ name, from }) => linkSync(from, join(after, name)));
  writeFileSync(join(after, LIST), kept.map(({ name }) => `${name}\n`).join(''));
}
