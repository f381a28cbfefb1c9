/** The TypeScript build: src/ to dist/. */

import { appendFileSync, chmodSync, existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { STATUS, top } from './place.mjs';
import { keepEarlierChunks } from './earlier-chunks.mjs';
import { licencesOf } from './licences.mjs';
import { digestOf, fileState, readStamp, writeStamp } from './stamp.mjs';

const stampFile = join(top, 'dist', '.build.json');

/** Compiles when a source or an option changed since the last build. Returns an exit status. */
export async function provideBuild() {
  const inputs = inputFiles();
  const state = inputs.map((path) => `${path} ${fileState(path)}`).join('\n');
  const stamp = readStamp(stampFile);
  if (stamp?.state === state) {
    return STATUS.done;
  }
  const digest = await digestOf(inputs);
  if (stamp?.digest !== digest && !(await compile())) {
    return STATUS.failed;
  }
  writeStamp(stampFile, { state, digest });
  return STATUS.done;
}

/** Everything that decides what comes out. */
function inputFiles() {
  const entries = readdirSync(join(top, 'src'), { recursive: true, withFileTypes: true });
  const sources = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const files = sources.map((entry) => join(entry.parentPath, entry.name)).sort();
  const scripts = ['build', 'earlier-chunks', 'licences'].map((name) => `scripts/set-up/${name}.mjs`);
  return [...files, ...['tsconfig.json', 'package-lock.json', ...scripts].map((name) => join(top, name))];
}

/** Compiles into a folder of its own and swaps that in: a build that is killed, or two at once, leave a whole one. */
async function compile() {
  const { spawnSync } = await import('node:child_process');
  console.error('bootlap: compiling TypeScript');
  const staged = join(top, `.dist-${process.pid}`);
  const compiler = join(top, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json', '--outDir', staged], {
    cwd: top,
    stdio: ['ignore', 2, 2],
  });
  try {
    if (status === 0) {
      await bundle(staged);
      await bundleReplay(staged);
      keepEarlierChunks(join(top, 'dist', 'bin'), join(staged, 'bin'));
      swapIn(staged);
    }
    return status === 0;
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** The command line in few files: Node takes half a millisecond to find and load each, and a cached run is short. */
async function bundle(staged) {
  const { build } = await import('esbuild');
  const { dependencies = {} } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
  await build({
    entryPoints: [join(staged, 'cli.js')],
    outdir: join(staged, 'bin'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Every call needs commander; the others are loaded only by what uses them.
    external: Object.keys(dependencies).filter((name) => name !== 'commander'),
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    minifyWhitespace: true,
    logLevel: 'warning',
  });
  makeExecutable(join(staged, 'bin', 'cli.js'));
}

/** `bootlap replay` in one file, which goes into every bundle: the same sources have to give the same bytes. */
async function bundleReplay(staged) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: [join(staged, 'replay.js')],
    outfile: join(staged, 'replay.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Whole: a name that is left long would have the place of this build in it.
    minify: true,
    legalComments: 'none',
    metafile: true,
    // What only building and bundling need: none of it is called.
    external: ['@cyclonedx/cyclonedx-library', 'simple-git', 'got', 'proxy-agent', 'diff'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  appendFileSync(join(staged, 'replay.mjs'), licencesOf(Object.keys(metafile.inputs)));
}

function swapIn(staged) {
  const aside = `${staged}-old`;
  if (existsSync(join(top, 'dist'))) {
    renameSync(join(top, 'dist'), aside);
  }
  renameSync(staged, join(top, 'dist'));
  rmSync(aside, { recursive: true, force: true });
}

function makeExecutable(file) {
  if (existsSync(file)) {
    chmodSync(file, 0o755);
  }
}
