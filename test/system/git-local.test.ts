import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { readWorkingTree, type WorkingTree } from '../../src/system/git-local.js';
import { startGitRig, type GitRig } from '../rig/git.js';

let rig: GitRig;
let tree: string;

beforeEach(() => {
  rig = startGitRig();
  tree = rig.repository('linux', {
    '.gitignore': '*.o\nbuild/\n',
    'init/main.c': 'int main;\n',
    'init/gone.c': 'x\n',
    'scripts/run.sh': 'echo\n',
    'roms/qboot/main.c': 'q\n',
  });
});

afterEach(() => rig.close());

async function read(folder = tree): Promise<WorkingTree> {
  const result = await readWorkingTree(folder, 'kernel');
  if (!result.ok) {
    throw new Error(JSON.stringify(result.failure));
  }
  return result.value;
}

describe('a local working tree', () => {
  test('without changes is its tree and nothing else', async () => {
    writeFileSync(join(tree, 'init/main.o'), 'built');
    mkdirSync(join(tree, 'build'));
    writeFileSync(join(tree, 'build/x'), 'built');
    expect(await read()).toEqual({
      folder: tree,
      tree: rig.git(tree, 'rev-parse', 'HEAD^{tree}'),
      changed: [],
      submodules: [],
    });
  });

  test('shows edits, new files, deletions, modes and links, staged or not', async () => {
    writeFileSync(join(tree, 'init/main.c'), 'int main = 1;\n');
    writeFileSync(join(tree, 'init/new file.c'), 'new\n');
    writeFileSync(join(tree, 'init/staged-ä.c'), 'staged\n');
    rig.git(tree, 'add', 'init/staged-ä.c');
    rmSync(join(tree, 'init/gone.c'));
    chmodSync(join(tree, 'scripts/run.sh'), 0o755);
    symlinkSync('../init/main.c', join(tree, 'scripts/link'));
    expect((await read()).changed).toEqual([
      { path: 'init/gone.c', mode: 'deleted' },
      { path: 'init/main.c', mode: 'file', digest: digestBytes('int main = 1;\n') },
      { path: 'init/new file.c', mode: 'file', digest: digestBytes('new\n') },
      { path: 'init/staged-ä.c', mode: 'file', digest: digestBytes('staged\n') },
      { path: 'scripts/link', mode: 'link', digest: digestBytes('../init/main.c') },
      { path: 'scripts/run.sh', mode: 'executable', digest: digestBytes('echo\n') },
    ]);
  });

  test('counts as what lies in the folder when a staged change was taken back there', async () => {
    writeFileSync(join(tree, 'init/main.c'), 'int main = 1;\n');
    rig.git(tree, 'add', 'init/main.c');
    writeFileSync(join(tree, 'init/main.c'), 'int main;\n');
    rig.git(tree, 'rm', '--quiet', '--cached', 'init/gone.c');
    expect((await read()).changed.filter((change) => change.path !== 'init/gone.c')).toEqual([]);
  });

  test('shows a file that became a folder', async () => {
    rmSync(join(tree, 'init/gone.c'));
    mkdirSync(join(tree, 'init/gone.c'));
    writeFileSync(join(tree, 'init/gone.c/inner.c'), 'i\n');
    expect((await read()).changed).toEqual([
      { path: 'init/gone.c', mode: 'deleted' },
      { path: 'init/gone.c/inner.c', mode: 'file', digest: digestBytes('i\n') },
    ]);
  });

  test('may be a folder of a repository', async () => {
    writeFileSync(join(tree, 'init/main.c'), 'int main = 1;\n');
    writeFileSync(join(tree, 'roms/qboot/main.c'), 'q2\n');
    const folder = join(tree, 'roms/qboot');
    expect(await read(folder)).toEqual({
      folder,
      tree: rig.git(tree, 'rev-parse', 'HEAD:roms/qboot'),
      changed: [{ path: 'main.c', mode: 'file', digest: digestBytes('q2\n') }],
      submodules: [],
    });
  });

  test('says the same whatever the configuration of the user is', async () => {
    rig.configure(
      '[status]\n\tshowUntrackedFiles = no\n\trelativePaths = true\n\tbranch = true\n[core]\n\tquotePath = true\n',
    );
    writeFileSync(join(tree, 'ü'), 'new\n');
    expect((await read()).changed).toEqual([{ path: 'ü', mode: 'file', digest: digestBytes('new\n') }]);
  });

  test('is not written to', async () => {
    writeFileSync(join(tree, 'init/main.c'), 'int main = 1;\n');
    const before = statSync(join(tree, '.git/index'));
    await read();
    expect(statSync(join(tree, '.git/index'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  test('names the submodules that are no part of it', async () => {
    rig.configure('[protocol "file"]\n\tallow = always\n');
    const module = rig.repository('module', { a: '1\n' });
    rig.git(tree, 'submodule', '--quiet', 'add', rig.url(module), 'ui/keys');
    rig.git(tree, 'commit', '--quiet', '--all', '--message', 'module');
    expect((await read()).submodules).toEqual(['ui/keys']);
  });
});

describe('a folder that cannot be built from', () => {
  test.each([
    ['is not there', () => join(rig.folder, 'nowhere'), 'no such folder'],
    ['is no git tree', () => rig.folder, 'git init'],
    ['is a bare repository', () => bare(), 'no working tree'],
    ['has no commit yet', () => unborn(), 'git commit'],
  ])('%s is refused with what to do', async (_, folder, detail) => {
    const result = await readWorkingTree(folder(), 'kernel');
    expect(result).toMatchObject({ ok: false, failure: { reason: 'local-tree-unfit', component: 'kernel' } });
    expect(JSON.stringify(result)).toContain(detail);
  });

  function bare(): string {
    rig.git(rig.folder, 'init', '--bare', '--quiet', 'bare.git');
    return join(rig.folder, 'bare.git');
  }

  function unborn(): string {
    rig.git(rig.folder, 'init', '--quiet', 'unborn');
    return join(rig.folder, 'unborn');
  }
});
