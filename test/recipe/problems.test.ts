import { describe, expect, it } from 'vitest';
import { RecipeFolder } from './recipe-folder.js';

describe('a wrong recipe', () => {
  it('gets every problem at once, each with its line, what is there and what would be right', async () => {
    const folder = new RecipeFolder({
      'mine.yaml': [
        'extends: stock',
        'machine:',
        '  accel: kvn',
        '  memory: 3',
        'measure:',
        '  bots: 20',
        '  timeout: 30',
        'points: []',
      ].join('\n'),
    });
    const problems = await folder.problems('mine.yaml');
    expect(problems.map(({ line, path, found, expected, nearest }) => [line, path, found, expected, nearest])).toEqual([
      [3, 'machine.accel', '"kvn"', 'auto, kvm or tcg', 'kvm'],
      [4, 'machine.memory', '3', 'a whole number of at least 16', undefined],
      [8, 'points', 'an empty list', 'a list of mappings with at least one entry', undefined],
      [7, 'measure.timeout', '30', 'a duration such as "30s", "500ms" or "2m"', undefined],
      [
        6,
        'measure.bots',
        'key "bots"',
        'method, boots, for, until, max-boots, warmup, timeout, seed, max-failed, pin, realtime or tune',
        'boots',
      ],
    ]);
  });

  it('names the file that holds the line, also when that is the one below', async () => {
    const folder = new RecipeFolder({
      'mine.yaml': 'extends: ./base.yaml\n',
      'base.yaml': 'extends: stock\nmeasure:\n  boots: many\n',
    });
    const problems = await folder.problems('mine.yaml');
    expect(problems).toMatchObject([
      { file: `${folder.path}/base.yaml`, line: 3, path: 'measure.boots', found: '"many"' },
    ]);
  });

  it('is told what its kind of source lacks, not what every other kind would want', async () => {
    const text = 'extends: stock\nkernel:\n  source:\n    git: https://example.org/linux.git\n    brunch: main\n';
    const problems = await new RecipeFolder({ 'mine.yaml': text }).problems('mine.yaml');
    expect(problems.map(({ line, path, found, nearest }) => [line, path, found, nearest])).toEqual([
      [3, 'kernel.source.branch', 'nothing', undefined],
      [5, 'kernel.source.brunch', 'key "brunch"', 'branch'],
    ]);
  });

  it('is told the kinds of source when the key that names one is wrong', async () => {
    const text = 'extends: stock\nhypervisor:\n  source: { instaled: qemu }\n';
    const problems = await new RecipeFolder({ 'mine.yaml': text }).problems('mine.yaml', {
      settings: ['hypervisor.source.installed=null', 'hypervisor.source.package=null'],
    });
    expect(problems).toMatchObject([
      {
        path: 'hypervisor.source',
        found: 'a mapping with "instaled"',
        expected: 'a mapping with "installed", "apt", "apt-source", "url", "git", "local" or "file"',
        nearest: 'installed',
      },
    ]);
  });

  it('is told the build systems when it names one that is none', async () => {
    const text = 'extends: stock\nfirmware: { build: { system: mason } }\n';
    const problems = await new RecipeFolder({ 'mine.yaml': text }).problems('mine.yaml');
    expect(problems).toMatchObject([
      { path: 'firmware.build.system', expected: 'kbuild, meson, make or configure', nearest: 'meson' },
    ]);
  });

  it.each([
    ['phases of unknown points', 'phases: [{ name: a, to: usr-space }]', 'phases[0].to', 'user-space'],
    [
      'a point name twice',
      'points: [{ name: a, port: 1, value: 1 }, { name: a, port: 2, value: 1 }]',
      'points[1].name',
      undefined,
    ],
    [
      'a port and value twice',
      'points: [{ name: a, port: 1, value: 1 }, { name: b, port: 1, value: 1 }]',
      'points[1].value',
      undefined,
    ],
    ['a build of what is installed', 'hypervisor: { build: { system: make } }', 'hypervisor.build', undefined],
    ['what is installed', 'firmware: { source: { installed: bios.bin } }', 'firmware.source', undefined],
    ['patches for what is installed', 'hypervisor: { patches: [{ series: linux }] }', 'hypervisor.patches', undefined],
    ['a source that nothing builds', 'hypervisor: { source: { apt-source: qemu } }', 'hypervisor.build', undefined],
    ['a build without an image', 'kernel: { outputs: null }', 'kernel.outputs', undefined],
    ['a patch series that is none', 'kernel: { patches: [{ series: linus }] }', 'kernel.patches[0].series', 'linux'],
    [
      'a shipped patch that is a folder',
      'firmware: { patches: [{ shipped: qboot }] }',
      'firmware.patches[0].shipped',
      undefined,
    ],
    [
      'a hypervisor made by kbuild',
      'hypervisor: { source: { apt-source: qemu }, build: { system: kbuild, config: {} }, outputs: { image: q } }',
      'hypervisor.build',
      undefined,
    ],
  ])('is refused with its line for %s', async (_, line, path, nearest) => {
    const problems = await new RecipeFolder({ 'mine.yaml': `extends: stock\n${line}\n` }).problems('mine.yaml');
    const problem = problems.find((each) => each.path === path);
    expect(problem).toMatchObject({ line: 2, path });
    expect(problem?.nearest).toBe(nearest);
  });
});

describe('an address that git is not asked to fetch from', () => {
  it('is named with its key before anything is fetched', async () => {
    const text = `extends: nemu
firmware: { source: { git: /srv/qboot, mirrors: ["ext::sh"] } }
hypervisor: { source: { submodules: { ui/keycodemapdb: { git: "git://old.example" } } } }
`;
    const problems = await new RecipeFolder({ 'mine.yaml': text }).problems('mine.yaml');
    expect(problems.map(({ path, line }) => [path, line])).toEqual([
      ['hypervisor.source.submodules.ui/keycodemapdb.git', 3],
      ['firmware.source.git', 2],
      ['firmware.source.mirrors[0]', 2],
    ]);
    expect(problems[1]?.expected).toContain('file:///');
  });
});

describe('an address with a password in it', () => {
  it.each([
    ['source: { git: "https://me:secret@host/q.git", branch: b }', 'firmware.source.git'],
    ['source: { url: "https://me:secret@host/q.tar", sha256: SHA }', 'firmware.source.url'],
    [
      'source: { url: "https://host/q.tar", sha256: SHA, mirrors: ["http://me:secret@host/q.tar"] }',
      'firmware.source.mirrors[0]',
    ],
  ])('is refused, since records and bundles are passed on, and the password is not told: %s', async (source, path) => {
    const text = `extends: stock\nfirmware: { ${source.replace('SHA', 'a'.repeat(64))} }\n`;
    const problems = await new RecipeFolder({ 'mine.yaml': text }).problems('mine.yaml');
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(JSON.stringify(problems)).toContain('me:...@host');
    expect(JSON.stringify(problems)).not.toContain('secret');
  });
});

describe('the name of a recipe', () => {
  it.each(['compare', 'measure', 'calibrate'])('%s is refused: a command keeps its outputs by it', async (name) => {
    const folder = new RecipeFolder({ 'mine.yaml': `extends: stock\nname: ${name}\n` });
    const problems = await folder.problems('mine.yaml');
    expect(problems).toMatchObject([{ line: 2, path: 'name', found: `"${name}"` }]);
    expect(problems[0]?.expected).toContain(`"bootlap ${name}"`);
  });
});

describe('what is no YAML', () => {
  it.each([
    ['a tab', 'extends: stock\nmeasure:\n\tboots: 1\n', 3, '\tboots: 1'],
    ['a key twice', 'extends: stock\nextends: stock\n', 2, 'extends: stock'],
    ['a quote that stays open', 'extends: "stock\nname: a\n', 3, ''],
    ['an unknown anchor', 'extends: stock\nmachine: *nothing\n', 2, 'machine: *nothing'],
  ])('%s: gets its line and the line itself', async (_, text, line, excerpt) => {
    const failure = await new RecipeFolder({ 'mine.yaml': text }).failure('mine.yaml');
    expect(failure).toMatchObject({ reason: 'recipe-syntax', line, excerpt });
  });

  it('an empty file says what a recipe begins with', async () => {
    const problems = await new RecipeFolder({ 'mine.yaml': '' }).problems('mine.yaml');
    expect(problems).toMatchObject([{ found: 'nothing', expected: 'keys with values, such as "extends: stock"' }]);
  });

  it('aliases that multiply are refused quickly, and honest ones serve', async () => {
    const levels = Array.from({ length: 30 }, (_, level) => `l${level}: &l${level} [*l${level - 1}, *l${level - 1}]`);
    const bomb = ['l-1: &l-1 x', ...levels].join('\n');
    const folder = new RecipeFolder({
      'bomb.yaml': bomb,
      'honest.yaml': 'extends: stock\nmachine: { type: &m { kvm: q35, tcg: pc }, cpu: *m }\n',
    });
    expect(await folder.failure('bomb.yaml')).toMatchObject({
      reason: 'recipe-syntax',
      detail: 'more than 1000 aliases',
    });
    expect((await folder.recipe('honest.yaml')).machine.cpu).toEqual({ kvm: 'q35', tcg: 'pc' });
  });
});
