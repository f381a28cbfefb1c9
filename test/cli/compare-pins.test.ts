import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootlap } from '../rig/cli.js';
import { writeFinishedFiles } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';
import { makeTinyProject } from '../rig/tiny-project.js';

const folder = temporaryFolders();

test('a comparison of two recipes of one name holds each at its own commit', async () => {
  const base = folder();
  const body = 'case "$port" in 0xf5) exit 3 ;; 0xf6) exit 5 ;; esac';
  makeTinyProject(base, ':');
  const repository = join(base, 'repository');
  const git = (...words: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], {
      cwd: repository,
      encoding: 'utf8',
    }).trim();
  git('checkout', '-q', '-b', 'other');
  git('commit', '-q', '--allow-empty', '-m', 'other');
  git('checkout', '-q', 'main');
  for (const branch of ['main', 'other']) {
    const own = join(base, branch);
    mkdirSync(own);
    writeFinishedFiles(own, { body, cpu: 'fast', measure: '{ method: exit, boots: 2, warmup: 0 }' });
    writeFileSync(
      join(own, 'same.yaml'),
      `extends: ./fake.yaml
name: same
firmware:
  source: { git: "file://${repository}", branch: ${branch} }
  build: { system: make, targets: [all] }
  outputs: { image: bios.bin }
`,
    );
  }
  const words = ['compare', './main/same.yaml', './other/same.yaml', '--workspace', 'w'];
  const compared = await bootlap(words, { folder: base });
  expect(compared.stderr).toBe('');
  for (const branch of ['main', 'other']) {
    const lock = JSON.parse(readFileSync(join(base, branch, 'bootlap.lock'), 'utf8')) as unknown;
    expect(lock).toMatchObject({ recipes: { same: { firmware: { branch, commit: git('rev-parse', branch) } } } });
  }
});
