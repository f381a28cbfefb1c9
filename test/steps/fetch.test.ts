import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import type { Step } from '../../src/core/step.js';
import type { GitSource, TarballSource } from '../../src/recipe/schema.js';
import { fetchStep } from '../../src/steps/fetch.js';
import { pinStep } from '../../src/steps/pin.js';
import { readSourceLayout, type SourceLayout } from '../../src/steps/source-layout.js';
import { digestFile, listFolder } from '../../src/system/files.js';
import { readWorkingTree } from '../../src/system/git-local.js';
import { startGitRig, type GitRig } from '../rig/git.js';
import { startHttpRig, type HttpRig } from '../rig/http.js';
import { startStepRig, type StepRig } from './fetch-rig.js';

let folder: string;
let steps: StepRig;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlap-fetch-'));
  steps = startStepRig(folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function done(step: Step | undefined, offline = false): Promise<void> {
  if (step === undefined) {
    throw new Error('no step');
  }
  expect(await steps.run(step, { offline })).toEqual({ ok: true, value: undefined });
}

function source(component: string): { folder: string; layout: SourceLayout; files: string[] } {
  const path = steps.output(`fetch:${component}`, 'source');
  const layout = readSourceLayout(path);
  if (!layout.ok) {
    throw new Error(JSON.stringify(layout.failure));
  }
  return { folder: path, layout: layout.value, files: listFolder(path).map((entry) => entry.path) };
}

function manifest(component: string): string[] {
  const { folder: path, files } = source(component);
  return files.map((file) => `${file} ${digestFile(join(path, file))}`);
}

describe('a tarball', () => {
  let server: HttpRig;
  const bytes = Buffer.from('an archive');
  const tarball = (more: Partial<TarballSource> = {}): TarballSource => ({
    url: `${server.address}/pub/linux-4.18.tar.xz?x=1`,
    sha256: digestBytes(bytes),
    mirrors: [],
    ...more,
  });
  const step = (more?: Partial<TarballSource>): Step => fetchStep({ component: 'kernel', source: tarball(more) });

  beforeEach(async () => {
    server = await startHttpRig();
    server.put('/pub/linux-4.18.tar.xz?x=1', bytes);
  });

  afterEach(() => server.close());

  test('lies in the output under its name, with its version', async () => {
    await done(step({ folder: 'kernel/sub' }));
    expect(source('kernel')).toMatchObject({
      files: ['linux-4.18.tar.xz', 'source.json'],
      layout: {
        kind: 'archives',
        version: '4.18',
        layers: [{ archive: 'linux-4.18.tar.xz', strip: 1, only: 'kernel/sub' }],
      },
    });
    expect(steps.progress.at(-1)).toMatchObject({ done: bytes.length, total: bytes.length, unit: 'bytes' });
  });

  test('is the same source from another address', () => {
    const other = step({ url: 'https://mirror.invalid/linux-4.18.tar.xz', mirrors: ['https://more.invalid/a'] });
    expect(other.inputs).toEqual(step().inputs);
  });

  test('needs no network once it was downloaded, and says what it needs when it was not', async () => {
    const what = 'linux-4.18.tar.xz';
    expect(await steps.run(step(), { offline: true })).toEqual({ ok: false, failure: { reason: 'offline', what } });
    await done(step());
    await done(step(), true);
    expect(server.seen).toHaveLength(1);
  });
});

describe('a git repository', () => {
  let rig: GitRig;
  let upstream: string;
  const git = (more: Partial<GitSource> = {}): GitSource => ({
    git: rig.url(upstream),
    branch: 'main',
    mirrors: [],
    submodules: {},
    ...more,
  });

  beforeEach(() => {
    rig = startGitRig();
    upstream = rig.repository('upstream', { 'main.c': 'int main;\n', '.gitattributes': 'main.c export-ignore\n' });
  });

  afterEach(() => rig.close());

  test('without a commit is held at the tip that its branch had at first', async () => {
    const pin = pinStep({ component: 'firmware', source: git() });
    await done(pin);
    const commit = rig.git(upstream, 'rev-parse', 'HEAD');
    expect(JSON.parse(readFileSync(steps.output('pin:firmware', 'pin'), 'utf8'))).toEqual({ kind: 'git', commit });
    rig.commit(upstream, { 'main.c': 'int main = 2;\n' });
    await done(fetchStep({ component: 'firmware', source: git() }));
    const unpacked = join(folder, 'unpacked');
    mkdirSync(unpacked);
    await tar.extract({ file: join(source('firmware').folder, 'source.tar'), cwd: unpacked });
    expect(readFileSync(join(unpacked, 'main.c'), 'utf8')).toBe('int main;\n');
  });

  const pinned = (): unknown => JSON.parse(readFileSync(steps.output('pin:firmware', 'pin'), 'utf8'));
  const head = (what = 'HEAD'): string => rig.git(upstream, 'rev-parse', what);

  test("with a commit is taken at it without a look at the network, and the recipe's tree goes with it", async () => {
    const commit = '1'.repeat(40);
    await done(pinStep({ component: 'firmware', source: git({ commit, tree: '2'.repeat(40) }) }), true);
    expect(pinned()).toEqual({ kind: 'git', commit, tree: '2'.repeat(40) });
  });

  test("is taken at the commit that the lock holds, whose tree is not the recipe's", async () => {
    const recipe = git({ commit: head(), tree: head('HEAD^{tree}') });
    const commit = rig.commit(upstream, { 'main.c': 'int main = 2;\n' });
    const held = { git: recipe.git, branch: 'main', commit, insteadOf: head('HEAD^') };
    await done(pinStep({ component: 'firmware', source: recipe, held }), true);
    expect(pinned()).toEqual({ kind: 'git', commit });
    await done(fetchStep({ component: 'firmware', source: recipe }));
  });

  test('with another tree than the recipe says is refused', async () => {
    const recipe = git({ commit: head(), tree: '2'.repeat(40) });
    await done(pinStep({ component: 'firmware', source: recipe }));
    expect(await steps.run(fetchStep({ component: 'firmware', source: recipe }))).toMatchObject({
      failure: { reason: 'digest-mismatch', expected: '2'.repeat(40), found: head('HEAD^{tree}') },
    });
  });

  test('moves with its branch when its pin is forced, and it is said from where to where', async () => {
    const before = head();
    const pin = pinStep({ component: 'firmware', source: git({ commit: before }) });
    const force = async (): Promise<string | undefined> => {
      expect(pin === undefined ? undefined : await steps.run(pin, { forced: true })).toMatchObject({ ok: true });
      return steps.notices.at(-1);
    };
    expect(await force()).toBe(`firmware: main is still at ${before.slice(0, 12)}`);
    const after = rig.commit(upstream, { 'main.c': 'int main = 3;\n' });
    expect(await force()).toBe(`firmware: main moved from ${before.slice(0, 12)} to ${after.slice(0, 12)}`);
    expect(pinned()).toEqual({ kind: 'git', commit: after });
  });

  test('gives the same bytes from another clone, with its submodules as layers', async () => {
    const module = rig.repository('keys', { 'keys.py': 'k\n' });
    const more = {
      commit: rig.git(upstream, 'rev-parse', 'HEAD'),
      tree: rig.git(upstream, 'rev-parse', 'HEAD^{tree}'),
      submodules: { 'ui/keys': { git: rig.url(module), commit: rig.git(module, 'rev-parse', 'HEAD'), mirrors: [] } },
    };
    await done(pinStep({ component: 'hypervisor', source: git(more) }));
    await done(fetchStep({ component: 'hypervisor', source: git(more) }));
    expect(source('hypervisor').layout).toEqual({
      kind: 'archives',
      layers: [
        { archive: 'source.tar', strip: 0 },
        { archive: 'submodule-1-ui-keys.tar', strip: 0, into: 'ui/keys' },
      ],
    });
    const first = manifest('hypervisor');
    rig.git(rig.folder, 'clone', '--quiet', '--bare', upstream, 'other.git');
    rmSync(steps.downloads, { recursive: true });
    const other = fetchStep({
      component: 'hypervisor',
      source: git({ ...more, git: rig.url(join(rig.folder, 'other.git')) }),
    });
    await done(other);
    expect(manifest('hypervisor')).toEqual(first);
  });

  test('offline says which commit it would need, and needs none that is here', async () => {
    const commit = rig.git(upstream, 'rev-parse', 'HEAD');
    await done(pinStep({ component: 'firmware', source: git({ commit }) }), true);
    const step = fetchStep({ component: 'firmware', source: git({ commit }) });
    const what = `commit ${commit} of ${rig.url(upstream)}`;
    expect(await steps.run(step, { offline: true })).toEqual({ ok: false, failure: { reason: 'offline', what } });
    await done(step);
    await done(step, true);
    const pin = pinStep({ component: 'firmware', source: git() });
    expect(pin === undefined ? undefined : await steps.run(pin, { offline: true })).toMatchObject({
      failure: { reason: 'offline' },
    });
  });
});

describe('a local working tree', () => {
  let rig: GitRig;
  let tree: string;

  beforeEach(() => {
    rig = startGitRig();
    tree = rig.repository('linux', { 'init/main.c': 'int main;\n', 'gone.c': 'x\n', run: 'r\n' });
  });

  afterEach(() => rig.close());

  async function step(): Promise<Step> {
    const read = await readWorkingTree(tree, 'kernel');
    if (!read.ok) {
      throw new Error(JSON.stringify(read.failure));
    }
    return fetchStep({ component: 'kernel', source: { local: tree }, workingTree: read.value });
  }

  test('is stale after an edit, a second edit of the same file, a new file and a deletion; fresh when all is taken back', async () => {
    const fingerprints: string[] = [];
    const note = async (): Promise<void> => void fingerprints.push(JSON.stringify((await step()).inputs));
    await note();
    writeFileSync(join(tree, 'init/main.c'), 'int main = 1;\n');
    await note();
    writeFileSync(join(tree, 'init/main.c'), 'int main = 2;\n');
    await note();
    writeFileSync(join(tree, 'new.c'), '');
    await note();
    rmSync(join(tree, 'gone.c'));
    await note();
    expect(new Set(fingerprints).size).toBe(5);
    rig.git(tree, 'checkout', '--quiet', '.');
    rmSync(join(tree, 'new.c'));
    await note();
    expect(fingerprints.at(-1)).toBe(fingerprints[0]);
    expect(fingerprints.join()).not.toContain(tree);
  });

  test('gives the changed files, and the name of the tree for all others', async () => {
    writeFileSync(join(tree, 'init/main.c'), 'int main = 1;\n');
    writeFileSync(join(tree, 'new.sh'), 'n\n');
    chmodSync(join(tree, 'new.sh'), 0o700);
    symlinkSync('/nowhere', join(tree, 'link'));
    rmSync(join(tree, 'gone.c'));
    await done(await step());
    const { folder: output, layout } = source('kernel');
    expect(layout).toEqual({
      kind: 'local',
      tree: rig.git(tree, 'rev-parse', 'HEAD^{tree}'),
      changed: [
        { path: 'gone.c', mode: 'deleted' },
        { path: 'init/main.c', mode: 'file', digest: digestBytes('int main = 1;\n') },
        { path: 'link', mode: 'link', digest: digestBytes('/nowhere') },
        { path: 'new.sh', mode: 'executable', digest: digestBytes('n\n') },
      ],
    });
    expect(readFileSync(join(output, 'changed/init/main.c'), 'utf8')).toBe('int main = 1;\n');
    expect(readlinkSync(join(output, 'changed/link'))).toBe('/nowhere');
    expect(lstatSync(join(output, 'changed/new.sh')).mode & 0o777).toBe(0o755);
    expect(readdirSync(join(output, 'changed')).sort()).toEqual(['init', 'link', 'new.sh']);
  });

  test('that is edited while it is read fails instead of mixing two states', async () => {
    writeFileSync(join(tree, 'init/main.c'), 'int main = 1;\n');
    const early = await step();
    writeFileSync(join(tree, 'init/main.c'), 'int main = 2;\n');
    expect(await steps.run(early)).toMatchObject({
      ok: false,
      failure: { reason: 'local-tree-unfit', component: 'kernel' },
    });
  });
});

describe('an installed hypervisor', () => {
  const step = (): Step =>
    fetchStep({
      component: 'hypervisor',
      source: { installed: 'qemu-system-x86_64', package: 'qemu-system-x86' },
    });

  test('is identified by its package, its version line, and the binary and ROM files that a guest meets', async () => {
    await done(step());
    const { layout } = source('hypervisor');
    expect(layout).toMatchObject({ kind: 'installed', program: 'qemu-system-x86_64' });
    if (layout.kind !== 'installed') {
      throw new Error('unreachable');
    }
    expect(layout.version).toMatch(/^QEMU emulator version \d/);
    expect(layout.package?.name).toMatch(/qemu/);
    expect(layout.files.map((file) => file.path)).toEqual(
      expect.arrayContaining([
        'roms/kvmvapic.bin',
        'roms/linuxboot_dma.bin',
        'roms/bios-256k.bin',
        'roms/efi-e1000.rom',
      ]),
    );
    expect(readFileSync(join(source('hypervisor').folder, 'source.json'), 'utf8')).not.toContain('/usr/');
  });

  test('is stale when the binary or a ROM file is another, because the step reads them', () => {
    const { files } = step().inputs;
    expect(existsSync(files['qemu-system-x86_64'] ?? '')).toBe(true);
    expect(existsSync(files['roms/linuxboot_dma.bin'] ?? '')).toBe(true);
    expect(Object.keys(files).filter((label) => label.startsWith('/'))).toEqual([]);
  });

  test('that is not installed is a missing tool, with its package', async () => {
    const missing = { installed: 'qemu-system-x68_64', package: 'qemu-system-x86' };
    expect(await steps.run(fetchStep({ component: 'hypervisor', source: missing }))).toEqual({
      ok: false,
      failure: {
        reason: 'tool-missing',
        tool: 'qemu-system-x68_64',
        neededBy: 'fetch:hypervisor',
        package: 'qemu-system-x86',
      },
    });
  });
});
