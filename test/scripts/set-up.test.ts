import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Clone } from './clone.js';

const isRoot = process.getuid?.() === 0;
const isDebian = readFileSync('/etc/os-release', 'utf8').includes('debian');
const onDebianAsRoot = { skip: !isRoot || !isDebian };

describe('npm start', () => {
  it('builds, runs the stock recipe with the arguments passed on, and ends as bootlap ends', () => {
    const clone = new Clone().withEverything().withNodePackages();
    clone.fake('npm', 'exit 0');
    const first = clone.run('start.mjs', { arguments: ['--set', 'measure.boots=50'] });
    expect(first.output).toContain('bootlap run stock --set measure.boots=50\n');
    expect(first.status).toBe(5);
  });

  it('takes a first argument that is no option as the recipe', () => {
    const clone = new Clone().withEverything().withNodePackages();
    clone.fake('npm', 'exit 0');
    clone.fake('pkg-config', 'exit 0');
    clone.fake('python3', 'exit 0');
    expect(clone.run('start.mjs', { arguments: ['stock-source', '--json'] }).output).toContain(
      'bootlap run stock-source --json\n',
    );
  });

  it('sees to what that recipe needs besides, though all that the others need is there', { skip: !isDebian }, () => {
    const clone = new Clone().withEverything().withNodePackages();
    clone.fake('npm', 'exit 0');
    clone.fake('python3', 'exit 0');
    expect(clone.run('start.mjs').status).toBe(5);
    const lacking = clone.run('start.mjs', { arguments: ['nemu'], environment: { BOOTLAP_NO_INSTALL: '1' } });
    expect(lacking.output).toContain('pkg-config libglib2.0-dev libpixman-1-dev libseccomp-dev\n');
    expect(lacking.status).toBe(3);
    clone.fake('pkg-config', 'exit 0');
    expect(clone.run('start.mjs', { arguments: ['nemu'] }).output).toBe('bootlap run nemu\n');
    expect(clone.run('start.mjs').output).toBe('bootlap run stock\n');
  });

  it('when all is there it says nothing and makes nothing anew', () => {
    const clone = new Clone().withEverything().withNodePackages();
    clone.fake('npm', 'exit 0');
    clone.run('start.mjs');
    const built = statSync(join(clone.path, 'dist/bin/cli.js')).mtimeMs;
    expect(clone.run('start.mjs')).toEqual({ status: 5, output: 'bootlap run stock\n' });
    expect(statSync(join(clone.path, 'dist/bin/cli.js')).mtimeMs).toBe(built);
  });

  it('compiles again when a source changed, not when it was only touched, and forgets what is gone', () => {
    const clone = new Clone().withEverything().withNodePackages();
    clone.fake('npm', 'exit 0');
    clone.write('src/gone.ts', 'export const gone = 1;\n');
    clone.run('start.mjs');
    utimesSync(join(clone.path, 'src/cli.ts'), 1, 1);
    expect(clone.run('start.mjs').output).toBe('bootlap run stock\n');
    clone.write('src/cli.ts', "console.log('changed');\n");
    rmSync(join(clone.path, 'src/gone.ts'));
    expect(clone.run('start.mjs').output).toContain('changed\n');
    expect(existsSync(join(clone.path, 'dist/gone.js'))).toBe(false);
  });

  it('a build that fails is shown, starts nothing, and is tried again', () => {
    const clone = new Clone().withEverything().withNodePackages();
    clone.fake('npm', 'exit 0');
    clone.write('src/cli.ts', "const n: number = 'text';\nconsole.log(n);\n");
    for (const attempt of [clone.run('start.mjs'), clone.run('start.mjs')]) {
      expect(attempt.output).toContain(
        "src/cli.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.",
      );
      expect(attempt.status).toBe(1);
    }
  });

  it('installs npm packages from the lock file when they are missing, and again when the lock file changes', () => {
    const clone = new Clone().withEverything();
    clone.fake('npm', `echo "npm $*" >> ${clone.path}/calls; exit 1`);
    expect(clone.run('start.mjs').status).toBe(1);
    expect(readFileSync(join(clone.path, 'calls'), 'utf8')).toMatch(/^npm ci /);
    clone.withNodePackages();
    clone.fake('npm', `echo "npm $*" >> ${clone.path}/calls`);
    clone.run('start.mjs');
    clone.run('start.mjs');
    clone.write('package-lock.json', '{ "name": "bootlap", "lockfileVersion": 3, "packages": { "": {} } }');
    clone.run('start.mjs');
    expect(readFileSync(join(clone.path, 'calls'), 'utf8').trim().split('\n')).toHaveLength(3);
  });
});

describe('a build while a run is under way', () => {
  it('leaves that run what it has not loaded yet, for a day, and packs none of it', async () => {
    const clone = new Clone().withEverything().withNodePackages();
    const write = (said: string): void => {
      clone.write('src/later.ts', `export const said = '${said}';\n`);
      clone.write(
        'src/cli.ts',
        `import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
console.log('begun');
while (!existsSync('go-on')) await sleep(20);
console.log((await import('./later.js')).said);
`,
      );
    };
    clone.write('package.json', '{ "name": "bootlap", "version": "0.0.0", "type": "module", "files": ["dist"] }');
    write('of the first build');
    expect(clone.run('build.mjs').status).toBe(0);
    const running = spawn(process.execPath, [join(clone.path, 'dist/bin/cli.js')], { cwd: clone.path });
    let output = '';
    running.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await once(running.stdout, 'data');

    write('of the second build');
    expect(clone.run('build.mjs').status).toBe(0);
    write('of the third build');
    expect(clone.run('build.mjs').status).toBe(0);
    clone.write('go-on', '');
    await once(running, 'close');
    expect(output).toBe('begun\nof the first build\n');

    const chunks = (): string[] => readdirSync(join(clone.path, 'dist/bin')).filter((name) => name.startsWith('later'));
    expect(chunks()).toHaveLength(3);
    const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: clone.path,
      encoding: 'utf8',
    });
    const [{ files }] = JSON.parse(packed.stdout) as [{ files: { path: string }[] }];
    const names = files.map(({ path }) => path).filter((path) => path.startsWith('dist/bin/'));
    expect(names).toEqual([expect.stringMatching(/cli\.js$/), expect.stringMatching(/later-\w+\.js$/)]);

    const ago = Date.now() / 1000 - 25 * 3600;
    chunks().forEach((name) => utimesSync(join(clone.path, 'dist/bin', name), ago, ago));
    write('of the fourth build');
    expect(clone.run('build.mjs').status).toBe(0);
    // The one of the third build was in use till now.
    expect(chunks()).toHaveLength(2);
  }, 60_000);
});

describe('node_modules that somebody else has made', () => {
  const lock = (version: string): string =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: { '': {}, 'node_modules/typescript': { version, integrity: version } },
    });

  it('are left as they are when they hold what the lock file says', () => {
    const clone = new Clone().withEverything().withNodePackages();
    clone.fake('npm', 'exit 1');
    clone.write('package-lock.json', lock('6.0.3'));
    clone.write('node_modules/.package-lock.json', lock('6.0.3'));
    expect(clone.run('start.mjs').status).toBe(5);
    clone.write('package-lock.json', lock('6.0.4'));
    expect(clone.run('start.mjs').output).toContain('installing npm packages');
  });

  it('with stamps of another version of the set-up are looked at anew', () => {
    const clone = new Clone().withEverything().withNodePackages();
    clone.fake('npm', 'exit 0');
    clone.run('start.mjs');
    for (const stamp of ['node_modules/.cache/bootlap/system.json', 'dist/.build.json']) {
      clone.write(stamp, '{ "form": 0 }');
    }
    expect(clone.run('start.mjs').output).toContain('bootlap run stock\n');
  });
});

describe('a machine that lacks packages', () => {
  it('is told the exact line, and nothing else happens, with BOOTLAP_NO_INSTALL=1', { skip: !isDebian }, () => {
    const clone = new Clone().withEverything('exit 1');
    clone.fake('npm', `touch ${clone.path}/npm-was-called`);
    clone.fake('apt-get', `touch ${clone.path}/apt-was-called`);
    const { status, output } = clone.run('start.mjs', { environment: { BOOTLAP_NO_INSTALL: '1' } });
    expect(status).toBe(3);
    expect(output).toContain('apt-get install -y --no-install-recommends libc6-dev gcc-multilib libelf-dev\n');
    expect(output).toContain('gcc -m32: the firmware starts in 32-bit code');
    expect(existsSync(join(clone.path, 'npm-was-called'))).toBe(false);
    expect(existsSync(join(clone.path, 'apt-was-called'))).toBe(false);
    expect(existsSync(join(clone.path, 'node_modules'))).toBe(false);
  });

  it('has them installed by name, lists first, when we are root', onDebianAsRoot, () => {
    const clone = new Clone().withEverything('test -e "${0%/bin/*}/installed"').withNodePackages();
    clone.tool('ln', 'touch');
    rmSync(join(clone.bin, 'bc'));
    clone.fake('npm', 'exit 0');
    const installed = `test "$1" = update || { touch ${clone.path}/installed; ln -s gcc ${clone.bin}/bc; }`;
    clone.fake('apt-get', `echo "apt-get $*" >> ${clone.path}/calls; ${installed}`);
    const { status } = clone.run('start.mjs');
    const calls = readFileSync(join(clone.path, 'calls'), 'utf8');
    expect(calls).toBe(
      'apt-get update\napt-get install -y --no-install-recommends libc6-dev gcc-multilib bc libelf-dev\n',
    );
    expect(status).toBe(5);
  });

  it('has them installed through sudo when it asks for no password, else is told the line', onDebianAsRoot, () => {
    const clone = new Clone().withEverything();
    rmSync(join(clone.bin, 'bc'));
    clone.fake('sudo', 'exit 1');
    const nobody = 65534;
    chmodSync(clone.path, 0o755);
    const refused = clone.run('start.mjs', { user: nobody });
    expect(refused.status).toBe(3);
    expect(refused.output).toContain('  sudo apt-get update && sudo apt-get install -y --no-install-recommends bc\n');
    clone.fake('sudo', `shift; echo "sudo $*"; test "$1" = true`);
    expect(clone.run('start.mjs', { user: nobody }).output).toContain(
      'sudo env DEBIAN_FRONTEND=noninteractive apt-get update',
    );
  });

  it('that stay missing after their installation are named', onDebianAsRoot, () => {
    const clone = new Clone().withEverything('exit 1');
    clone.fake('apt-get', 'exit 0');
    const { status, output } = clone.run('start.mjs');
    expect(output).toContain('gcc -m32 is still missing after its package was installed');
    expect(status).toBe(3);
  });

  it('a failing package manager is shown and nothing goes on', onDebianAsRoot, () => {
    const clone = new Clone().withEverything('exit 1');
    clone.fake('apt-get', 'echo "E: no network"; exit 100');
    const { status, output } = clone.run('start.mjs');
    expect(output).toContain('E: no network\nbootlap: apt-get update failed; see above');
    expect(status).toBe(3);
  });
});
