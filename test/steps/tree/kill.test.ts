import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { compileSources } from '../../rig/compiled.js';
import { Bench, removeFolder, temporaryFolder } from '../../rig/context.js';
import { bringTree, fetchArchive, patchTo, textsOf } from './rig.js';

const count = 150;
const names = Array.from({ length: count }, (_, index) => `d${index % 7}/f${index}.c`);
const pristine = Object.fromEntries(names.map((name) => [name, `pristine ${name}\n`]));
const first = Object.fromEntries(names.map((name, index) => [name, index % 3 === 0 ? undefined : `first ${name}\n`]));
const second = {
  ...Object.fromEntries(names.slice(40).map((name) => [name, `second ${name}\n`])),
  ...Object.fromEntries(names.map((name) => [`new/${name}`, `new ${name}\n`])),
};
const texts = (overlay: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries({ ...pristine, ...overlay }).filter(([, text]) => text !== undefined));

let compiled: ReturnType<typeof compileSources>;
let folder = '';
beforeAll(() => {
  compiled = compileSources();
});
afterAll(() => compiled.remove());
beforeEach(() => {
  folder = temporaryFolder();
  fetchArchive(folder, pristine);
});
afterEach(() => removeFolder(folder));

/** Goes to and fro between two states of the tree until it is killed. */
function script(patched: readonly string[]): string {
  return `
    import { openTree } from '${compiled.folder}/steps/tree/open.js';
    import { synchroniseTree } from '${compiled.folder}/steps/tree/synchronise.js';
    const context = { upstream: () => '${folder}/out/fetch-kernel/source', runFolder: 'r', clean: false, progress() {}, notice() {},
      folders: { trees: '${folder}/trees' }, log: { line() {} }, signal: new AbortController().signal };
    process.stdout.write('up\\n');
    for (let turn = 0; ; turn += 1) {
      const opened = await openTree({ component: 'kernel', context, neededBy: 'test' });
      const result = opened.ok ? await synchroniseTree(opened.value, ${JSON.stringify(patched)}[turn % 2]) : opened;
      if (!result.ok) { process.stdout.write(JSON.stringify(result)); process.exit(1); }
    }`;
}

async function killAfter(file: string, milliseconds: number): Promise<string> {
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  await once(child, 'close');
  return said;
}

/** Whether the kill came in the middle of something, which is what the test is about. */
function isUnfinished(): boolean {
  const trees = join(folder, 'trees');
  const names = existsSync(trees) ? readdirSync(trees) : [];
  const states = names.map((name) => join(trees, name, 'state.json')).filter((path) => existsSync(path));
  return (
    names.some((name) => name.includes('.tmp-')) ||
    states.some((path) => readFileSync(path, 'utf8').includes('changing'))
  );
}

test('killed at any instant of a change, the next run finds or makes exactly what is wanted', async () => {
  const bench = new Bench(folder);
  const states = { first, second, none: {} };
  const patched: Record<string, string> = {};
  for (const [name, files] of Object.entries(states)) {
    const made = join(folder, `patched-${name}`);
    renameSync(patchTo(folder, files), made);
    patched[name] = made;
  }
  const file = join(folder, 'go.mjs');
  writeFileSync(file, script([patched['first'] ?? '', patched['second'] ?? '']));
  let unfinished = 0;
  for (let round = 0; round < 25; round += 1) {
    // The first rounds hit the unpacking, the others the changes.
    expect(await killAfter(file, round < 6 ? round * 20 : Math.random() * 150)).toBe('up\n');
    unfinished += isUnfinished() ? 1 : 0;
    const [name, files] = Object.entries(states)[round % 3] ?? ['none', {}];
    const tree = await bringTree(bench, patched[name] ?? '');
    expect(textsOf(tree.source)).toEqual(texts(files));
    expect(tree.state.changing).toBeUndefined();
    if (round < 6) {
      removeFolder(join(folder, 'trees'));
    }
  }
  expect(unfinished).toBeGreaterThan(0);
}, 120_000);
