import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

it('the lock file has every package for every platform, so that npm ci works from any mirror', () => {
  const { packages } = JSON.parse(readFileSync(join(packageFolder, 'package-lock.json'), 'utf8')) as LockFile;
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  const missing = wanted.filter((name) => packages[`node_modules/${name}`] === undefined);
  expect(missing).toEqual([]);
});

it('versions are pinned exactly', () => {
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const versions = Object.values<string>({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

it(
  'the packed package, installed elsewhere, runs and has its recipes, patches, configs and C source',
  { timeout: 180_000 },
  () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bootlap-pack-')));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    run('npm', ['pack', '--silent', '--pack-destination', folder], packageFolder);
    const archive = spawnSync('ls', [folder], { encoding: 'utf8' }).stdout.trim();
    run('npm', ['init', '--yes'], folder);
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, archive)], folder);

    const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
    expect(run('npx', ['--no-install', 'bootlap', '--version'], folder).trim()).toBe(version);
    const installed = join(folder, 'node_modules/bootlap');
    for (const file of [
      'configs/recipes/stock.yaml',
      'configs/kernel/boot.config',
      'src/native/stopwatch.c',
      'src/patches/linux',
      'LICENSE',
    ]) {
      expect(existsSync(join(installed, file)), file).toBe(true);
    }
    for (const file of ['dist/.build.json', 'dist/.tsbuildinfo', 'test', 'src/core', 'workspace']) {
      expect(existsSync(join(installed, file)), file).toBe(false);
    }
  },
);

function run(program: string, args: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}
