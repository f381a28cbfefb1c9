import { expect, test } from 'vitest';
import { packageOfProgram } from '../../src/commands/doctor/needs.js';
import { checkNode } from '../../src/commands/doctor/node-version.js';
import { checkStorage } from '../../src/commands/doctor/storage.js';
import { bootlap } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

test.each([
  ['v20.18.3', 'missing'],
  ['v20.19.0', 'ok'],
  ['v22.0.0', 'ok'],
  ['v18.20.0', 'missing'],
])('Node %s is %s', (version, verdict) => {
  expect(checkNode(version).verdict).toBe(verdict);
});

test('a workspace that cannot be written is found before anything is built', () => {
  expect(checkStorage(`${folder()}/w`).map(({ verdict }) => verdict)).not.toContain('missing');
  const [writable] = checkStorage('/proc/bootlap');
  expect(writable).toMatchObject({ name: 'workspace', verdict: 'missing' });
  expect(writable?.advice).toContain('--workspace');
});

test('a machine without a compiler is not fit: exit status 3, and the line that installs each thing', async () => {
  const empty = folder();
  const { status, stdout } = await bootlap(['doctor', '--json'], { folder: empty, environment: { PATH: empty } });
  expect(status).toBe(3);
  const checks = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; verdict: string; advice?: string });
  for (const name of ['gcc', 'gcc -m32', 'make', 'flex', 'libelf']) {
    expect(checks.find((check) => check.name === name)).toMatchObject({ verdict: 'missing' });
  }
  expect(checks.find(({ name }) => name === 'gcc -m32')?.advice).toContain('install');
  expect(checks.filter(({ verdict }) => verdict !== 'ok').every(({ advice }) => advice !== undefined)).toBe(true);
});

test('the compiler that a step calls cc is named by its package', () => {
  expect(packageOfProgram('cc')).toBe(packageOfProgram('gcc'));
});
