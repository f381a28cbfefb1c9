import { createServer } from 'node:http';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CompilationCache } from '../../../src/core/compilations.js';
import type { Build } from '../../../src/recipe/schema.js';
import { withoutCcache } from '../../rig/ccache.js';
import { Bench } from '../../rig/context.js';
import { MakeRig } from '../make-rig.js';

let rig: MakeRig;
beforeEach(async () => {
  rig = await MakeRig.open();
});
afterEach(() => rig.close());

const alone = (folder: string): CompilationCache => ({ folder, share: () => Promise.resolve(undefined) });
const bench = (name: string, compilations?: CompilationCache) =>
  new Bench(join(rig.folder, name), { jobs: rig.jobs, ...(compilations && { compilations }) });

// What a compiler takes from outside the source: the date, its own name for the file, the folder for the debugger.
const sources = {
  'one.c': '#include "sub/two.h"\nint one(void) { return two(__DATE__ __TIME__, __FILE__); }\n',
  'sub/two.h': 'static int two(const char *when, const char *file) { return when[0] + file[0]; }\n',
  'three.c': '#include <assert.h>\nvoid three(int x) { assert(x); }\n',
  Makefile: 'lib.a: one.o three.o\n\tar crD $@ $^\n%.o: %.c\n\tgcc $(CFLAGS) -c -o $@ $<\n',
};
const debug = 'CFLAGS=-g -O2 -ffile-prefix-map=$(CURDIR)=.';
const plain: Build = { system: 'make', targets: ['lib.a'], variables: {}, 'cc-options': [] };
const mapped: Build = { ...plain, variables: { CFLAGS: debug.slice(7) } };
const outputs = { image: 'lib.a' };

describe.skipIf(withoutCcache)('a build with ccache', () => {
  test.each([
    ['plain', plain, { hits: 2, misses: 0 }],
    // Of what holds a time ccache looks at the preprocessed text, and then at the folder.
    ['with what a debugger wants', mapped, { hits: 1, misses: 1 }],
  ])('gives the bytes that it gives without, in another workspace as well (%s)', async (_name, build, tally) => {
    rig.fetched(sources, bench('a'));
    rig.fetched(sources, bench('b/deeper'));
    rig.fetched(sources, bench('c'));
    const store = join(rig.folder, 'ccache');
    const [first, second, without] = [bench('a', alone(store)), bench('b/deeper', alone(store)), bench('c')];
    for (const workspace of [first, second, without]) {
      expect(await rig.make({ build, outputs }, workspace)).toMatchObject({ ok: true });
    }
    expect(first.heard.tallies).toMatchObject([{ by: expect.stringMatching(/^ccache \d/), hits: 0, misses: 2 }]);
    expect(second.heard.tallies).toMatchObject([{ ...tally, shared: 0 }]);
    expect(without.heard.tallies).toEqual([]);
    const [one, two, three] = [first, second, without].map((each) => readFileSync(rig.output('image', each)));
    expect(one).toEqual(three);
    expect(two).toEqual(three);
    expect(second.heard.lines.join('\n')).toContain(`${tally.hits} of 2 compilations were there`);
  });

  test('notices a changed header, one of the system and one of a kernel', async () => {
    const store = join(rig.folder, 'ccache');
    const made = async (name: string, flags: string, value: string): Promise<[string, unknown]> => {
      const workspace = bench(name, alone(store));
      const system = join(rig.folder, 'system');
      mkdirSync(system, { recursive: true });
      writeFileSync(join(system, 'value.h'), `#define VALUE ${value}\n`);
      rig.fetched(
        {
          'v.c': '#include "value.h"\nint v = VALUE;\n',
          Makefile: `all: v.o\n%.o: %.c\n\tgcc $(CFLAGS) -c -o $@ $<\n`,
        },
        workspace,
      );
      const build: Build = { ...plain, targets: ['all'], variables: { CFLAGS: `-Wp,-MMD,v.d ${flags} ${system}` } };
      expect(await rig.make({ build, outputs: { image: 'v.o' } }, workspace)).toMatchObject({ ok: true });
      return [readFileSync(rig.output('image', workspace)).toString('hex'), workspace.heard.tallies[0]];
    };
    const [first] = await made('a', '-isystem', '1');
    const [second, tally] = await made('b', '-isystem', '2');
    expect(second).not.toBe(first);
    expect(tally).toMatchObject({ hits: 0, misses: 1 });
    const [kernel] = await made('c', '-nostdinc -I', '1');
    const [changed] = await made('d', '-nostdinc -I', '2');
    expect(changed).not.toBe(kernel);
    expect((await made('e', '-nostdinc -I', '1'))[1]).toMatchObject({ hits: 1, misses: 0 });
  });

  test('calls the compilers by their own names: whether ccache is there compiles nothing anew', async () => {
    // As kbuild does: what was called otherwise than now is made again.
    const saving = `${sources.Makefile}\n%.o: command\ncommand: FORCE\n\t@echo '$(CC) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CFLAGS)' > $@\nFORCE:\n`;
    const workspace = bench('a');
    rig.fetched({ ...sources, Makefile: saving }, workspace);
    await rig.make({ build: { ...plain, variables: { CC: 'gcc' } }, outputs }, workspace);
    const again = bench('a', alone(join(rig.folder, 'ccache')));
    expect(await rig.make({ build: { ...plain, variables: { CC: 'gcc' } }, outputs }, again)).toMatchObject({
      ok: true,
    });
    expect(again.heard.tallies).toMatchObject([{ hits: 0, misses: 0 }]);
  });

  test('neither uses nor changes what the user has set up for ccache', async () => {
    const home = join(rig.folder, 'home');
    mkdirSync(join(home, '.config/ccache'), { recursive: true });
    writeFileSync(
      join(home, '.config/ccache/ccache.conf'),
      `cache_dir = ${join(rig.folder, 'users')}\ndisable = true\n`,
    );
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      const workspace = bench('a', alone(join(rig.folder, 'ccache')));
      rig.fetched(sources, workspace);
      await rig.make({ build: plain, outputs }, workspace);
      expect(workspace.heard.tallies).toMatchObject([{ misses: 2 }]);
    } finally {
      process.env['HOME'] = before;
    }
    expect(existsSync(join(rig.folder, 'users'))).toBe(false);
    expect(readdirSync(home, { recursive: true })).toEqual(['.config', '.config/ccache', '.config/ccache/ccache.conf']);
  });

  test('that is called by chance, on a PATH on which it stands before the compilers, keeps nothing', async () => {
    const workspace = bench('a');
    rig.fetched(sources, workspace);
    const home = join(rig.folder, 'home');
    mkdirSync(home);
    const before = { HOME: process.env['HOME'], PATH: process.env['PATH'] };
    Object.assign(process.env, { HOME: home, PATH: `/usr/lib/ccache:${before.PATH ?? ''}` });
    try {
      expect(await rig.make({ build: plain, outputs }, workspace)).toMatchObject({ ok: true });
    } finally {
      Object.assign(process.env, before);
    }
    expect(readdirSync(home)).toEqual([]);
  });

  test('tells of an error as the compiler does', async () => {
    const workspace = bench('a', alone(join(rig.folder, 'ccache')));
    rig.fetched({ ...sources, 'one.c': 'int one(void) { return nothing; }\n' }, workspace);
    const failed = await rig.make({ build: plain, outputs }, workspace);
    expect(JSON.stringify(failed)).toContain(
      "one.c:1:24: error: 'nothing' undeclared".replace(/'nothing'/, '‘nothing’'),
    );
  });

  test('goes without where its folder cannot be written', async () => {
    const file = join(rig.folder, 'file');
    writeFileSync(file, '');
    const workspace = bench('a', alone(join(file, 'ccache')));
    rig.fetched(sources, workspace);
    expect(await rig.make({ build: plain, outputs }, workspace)).toMatchObject({ ok: true });
    expect(workspace.heard.tallies).toEqual([]);
    expect(workspace.heard.lines.join('\n')).toMatch(/ccache \S+ is not used: .* cannot be written/);
  });

  test('takes what another machine has compiled, and gives what it lacks', async () => {
    const entries = new Map<string, Buffer>();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        if (request.method === 'PUT') {
          entries.set(path, Buffer.concat(chunks));
        }
        const entry = request.method === 'GET' ? entries.get(path) : undefined;
        response.writeHead(request.method === 'GET' && entry === undefined ? 404 : 200).end(entry);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const ended: string[] = [];
    const sharing = (name: string): CompilationCache => ({
      folder: join(rig.folder, `ccache-${name}`),
      share: () =>
        Promise.resolve({
          address: `http://127.0.0.1:${port}/secret`,
          isReadOnly: name === 'b',
          isOfOthers: name === 'b',
          end: () => Promise.resolve(void ended.push(name)),
        }),
    });
    try {
      const [first, second] = [bench('a', sharing('a')), bench('b', sharing('b'))];
      rig.fetched(sources, first);
      rig.fetched(sources, second);
      await rig.make({ build: plain, outputs }, first);
      const given = entries.size;
      expect(given).toBeGreaterThan(1);
      await rig.make({ build: plain, outputs }, second);
      expect(second.heard.tallies).toMatchObject([{ hits: 2, shared: 2, misses: 0 }]);
      expect(entries.size).toBe(given);
      expect(ended).toEqual(['a', 'b']);
      // What others have compiled stays in the tree, also for a build that asks nobody.
      const later = bench('b', alone(join(rig.folder, 'ccache-b')));
      await rig.make({ build: plain, outputs }, later);
      rmSync(join(later.folder, 'trees'), { recursive: true });
      const fresh = bench('b');
      await rig.make({ build: plain, outputs }, fresh);
      const told = [first, second, later, fresh].map(({ heard }) => heard.notices.join());
      expect(told).toEqual(['', 'holds what others have compiled', 'holds what others have compiled', '']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
