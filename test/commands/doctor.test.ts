import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

async function verdicts(...words: string[]): Promise<{ status: number | null; checks: Map<string, string> }> {
  const { status, stdout, stderr } = await bootlap(['doctor', ...words, '--json'], { folder: folder() });
  expect(stderr).toBe('');
  const checks = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; verdict: string });
  return { status, checks: new Map(checks.map(({ name, verdict }) => [name, verdict])) };
}

test('with a recipe, what it needs is looked at and nothing that only others need', async () => {
  const stock = await verdicts('stock');
  expect([...stock.checks.keys()]).not.toContain('libcap-ng');
  const nemu = await verdicts('nemu');
  expect([...nemu.checks.keys()]).toContain('libcap-ng');
  expect([...nemu.checks.keys()]).toContain('KVM for nemu');
  expect(nemu.checks.get('libcap-ng')).not.toBe('warn');
  expect([...(await verdicts('nemu-tcg')).checks.keys()]).not.toContain('libcap-ng');
});

test("what a recipe of one's own names and is not there makes the machine unfit for it", async () => {
  const file = join(folder(), 'mine.yaml');
  writeFileSync(
    file,
    `extends: stock
hypervisor:
  source: { package: null, installed: qemu-of-nobody }
measure: { tune: true, pin: { vm: 4000 } }
`,
  );
  const { status, checks } = await verdicts(file);
  expect(status).toBe(3);
  expect(Object.fromEntries(checks)).toMatchObject({
    'hypervisor of mine': 'missing',
    'measure.pin': 'warn',
  });
  expect([...checks.keys()]).toContain('measure.tune');
  const { stdout } = await bootlap(['doctor', file], { folder: folder() });
  expect(stdout).toContain('the mine recipe cannot run on this machine yet');
});

test('a recipe that is not there is wrong usage, not an unfit machine', async () => {
  expect(await bootlap(['doctor', 'stok'], { folder: folder() })).toMatchObject({ status: 2 });
});
