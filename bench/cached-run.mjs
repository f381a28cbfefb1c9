// A fully cached run as a whole process, against the same pipeline in wireit and against `make -q` on the kernel.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootlap, BUILDS, root, scriptKernelTree, workspaceIn } from './places.mjs';
import { interleaved, time } from './timing.mjs';

const ROUNDS = 7;

export function cachedRun(folder) {
  const rival = wireitProject(folder);
  const wireit = () => time('npm', ['run', '--silent', 'all'], { cwd: rival });
  const makeQuery = () =>
    time('make', ['-C', scriptKernelTree(folder), 'O=build', '-s', '-q', 'bzImage'], { expected: 0 });
  bootlap(folder, ['run', 'stock', ...BUILDS]);
  wireit();
  const medians = interleaved(ROUNDS, {
    node: () => time(process.execPath, ['-e', '0']),
    bootlap: () => bootlap(folder, ['run', 'stock', ...BUILDS]),
    wireit,
    make: () => queryTime(makeQuery),
  });
  const { bootlap: ours, wireit: theirs, make } = medians;
  return [
    { what: 'fully cached run, whole process', ours, goal: 'under 200 ms', met: ours < 0.2 },
    { what: 'fully cached run', ours, theirs, rival: 'wireit', goal: '1/3', met: ours <= theirs / 3 },
    { what: 'fully cached run', ours, theirs: make, rival: '`make -q bzImage`', goal: 'shown', met: true },
  ];
}

/** make -q ends with 1 when it thinks that something is to do: the kernel's makefiles always think so. */
function queryTime(query) {
  const started = process.hrtime.bigint();
  try {
    query();
  } catch {
    // Its status does not matter here, its time does.
  }
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** The same steps with the same inputs and outputs as bootlap's; each command copies what bootlap has made. */
function wireitProject(folder) {
  const project = join(folder, 'wireit');
  mkdirSync(project, { recursive: true });
  const out = join(workspaceIn(folder), 'out', 'stock');
  const script = (step, files, dependencies) => ({
    command: `mkdir -p out && rm -rf out/${step} && cp -r ${join(out, step)} out/${step}`,
    files,
    output: [`out/${step}/**`],
    dependencies,
  });
  const scripts = {
    'fetch-firmware': script('fetch-firmware', [], []),
    'fetch-kernel': script('fetch-kernel', [], []),
    'patch-firmware': script('patch-firmware', [], ['fetch-firmware']),
    'patch-kernel': script('patch-kernel', [join(root, 'src/patches/linux/**')], ['fetch-kernel']),
    'configure-kernel': script('configure-kernel', [join(root, 'configs/kernel/**')], ['patch-kernel']),
    'make-firmware': script('make-firmware', [], ['patch-firmware']),
    'make-kernel': script('make-kernel', [], ['configure-kernel']),
    all: { dependencies: ['make-kernel', 'make-firmware'] },
  };
  const description = {
    name: 'rival',
    private: true,
    scripts: Object.fromEntries(Object.keys(scripts).map((name) => [name, 'wireit'])),
    wireit: scripts,
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(description, undefined, 2));
  time('npm', ['install', '--no-save', '--prefer-offline', `wireit@${wireitVersion}`], { cwd: project });
  return project;
}

const wireitVersion = '0.14.13';
