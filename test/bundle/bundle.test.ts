import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validation, Spec } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeBundle, makeBundleProject, unpackBundle } from '../rig/bundle-project.js';
import { bootlap, type Called } from '../rig/cli.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const base = mkdtempSync(join(tmpdir(), 'bootlap-bundle-'));
let bundle = '';
/** Unpacked. */
let top = '';

const call = (...words: string[]): Promise<Called> => bootlap(words, { folder: base });
const bytes = (file: string): string => readFileSync(file, 'latin1');
const json = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(top, name), 'utf8')) as Record<string, unknown>;

beforeAll(async () => {
  makeBundleProject(base);
  bundle = await makeBundle(base, 'w');
  top = unpackBundle(bundle, join(base, 'unpacked'));
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('a bundle', () => {
  test('is called after its recipe and its fingerprint, and passes', async () => {
    const { fingerprint } = json('bundle.json');
    expect(bundle).toContain(`/bootlap-tiny-${String(fingerprint).slice(0, 16)}.tar.gz`);
    const { status, stdout } = await call('verify', bundle);
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('not signed') as string });
  });

  test('of the same run has the same bytes, whether the recipe or the run is named', async () => {
    mkdirSync(join(base, 'again'), { recursive: true });
    expect(bytes(await makeBundle(base, 'w', ['--offline']))).toBe(bytes(bundle));
    const named = await call('bundle', 'latest', '--workspace', 'w', '--out', 'again/of-the-run.tar.gz');
    expect(named).toMatchObject({ status: 0, stderr: '' });
    expect(bytes(join(base, 'again/of-the-run.tar.gz'))).toBe(bytes(bundle));
  });

  test('can be checked with sha256sum, and has no path of this machine in it', () => {
    expect(() =>
      execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: top, stdio: 'pipe' }),
    ).not.toThrow();
    const recipe = readFileSync(join(top, 'recipe/recipe.json'), 'utf8');
    // The address of the repository is what the recipe says, and is not ours to change.
    expect(recipe.replaceAll(`file://${base}`, '')).not.toContain(base);
    for (const name of ['bundle.json', 'toolchain.json', 'sbom.cdx.json', 'records/make-firmware.json']) {
      expect(readFileSync(join(top, name), 'utf8')).not.toContain(base);
    }
  });

  test('has the patches as they were applied, the records, the tools and the figures', () => {
    expect(readFileSync(join(top, 'vm/firmware'), 'utf8')).toBe('2\n');
    expect(readFileSync(join(top, 'recipe/patches/firmware/01-version.patch'), 'utf8')).toContain('+2');
    expect(json('recipe/recipe.json')).toMatchObject({
      firmware: { patches: ['recipe/patches/firmware/01-version.patch'] },
      kernel: { source: { file: 'bzImage' } },
    });
    expect(json('records/make-firmware.json')).toMatchObject({ step: 'make:firmware' });
    expect(Object.keys(json('toolchain.json')['tools'] as object)).toContain('make');
    for (const name of [
      'samples.ndjson',
      'measurement.json',
      'summary.json',
      'report.html',
      'report.md',
      'report.svg',
    ]) {
      expect(existsSync(join(top, 'measurement', name)), name).toBe(true);
    }
    expect(json('bundle.json')).toMatchObject({ measured: { accelerator: 'tcg', method: 'exit' } });
  });

  test('has an SBOM that is valid CycloneDX 1.6 and names every file that is run', async () => {
    const text = readFileSync(join(top, 'sbom.cdx.json'), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    const { components } = JSON.parse(text) as { components: { 'bom-ref': string }[] };
    expect(components.map((each) => each['bom-ref'])).toEqual([
      'bin/stopwatch',
      'vm/firmware',
      'vm/hypervisor',
      'vm/init',
      'vm/kernel',
    ]);
  });

  test('has a provenance that says from which commit the firmware is', () => {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: join(base, 'project/repository'),
      encoding: 'utf8',
    });
    const statement = readFileSync(join(top, 'provenance.json'), 'utf8');
    expect(JSON.parse(statement)).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
    });
    expect(statement).toContain(`"gitCommit": "${commit.trim()}"`);
  });
});

test('without samples, two clean workspaces at different places give the same bytes, and nothing is booted', async () => {
  const boots = readFileSync(join(base, 'vm/calls'), 'utf8');
  const first = await makeBundle(base, 'one', ['--no-samples']);
  const second = await makeBundle(base, 'at/another/path', ['--no-samples']);
  expect(first).not.toBe(second);
  expect(bytes(first)).toBe(bytes(second));
  expect(readFileSync(join(base, 'vm/calls'), 'utf8')).toBe(boots);
  const there = unpackBundle(first, join(base, 'bare'));
  expect(existsSync(join(there, 'measurement'))).toBe(false);
  expect(await call('verify', first)).toMatchObject({ status: 0 });
});

test('a run is bundled as it was, though the recipe has moved on since', async () => {
  const [run = ''] = runIds();
  writeFileSync(join(base, 'version.patch'), readFileSync(join(base, 'version.patch'), 'utf8').replace('+2', '+3'));
  const changed = await call('bundle', run, '--workspace', 'w', '--out', 'x.tar.gz');
  expect(changed).toMatchObject({ status: 1, stderr: expect.stringContaining('version.patch') as string });
  expect(existsSync(join(base, 'x.tar.gz'))).toBe(false);
  writeFileSync(join(base, 'version.patch'), readFileSync(join(base, 'version.patch'), 'utf8').replace('+3', '+2'));
});

test('what the cache has lost is said, with the command that makes it again', async () => {
  await makeBundle(base, 'lost');
  const [run = ''] = runIds('lost');
  expect((await call('cache', 'gc', '--max-size', '0', '--workspace', 'lost')).status).toBe(0);
  const called = await call('bundle', run, '--workspace', 'lost', '--out', 'y.tar.gz');
  expect(called.status).toBe(1);
  expect(called.stderr).toContain('in the cache no more');
  expect(called.stderr).toContain('"bootlap run tiny"');
});

test('a finished kernel that was exchanged since is not put into the bundle of that run', async () => {
  const [run = ''] = runIds();
  const kernel = readFileSync(join(base, 'bzImage'));
  appendFileSync(join(base, 'bzImage'), 'x');
  const called = await call('bundle', run, '--workspace', 'w', '--out', 'z.tar.gz');
  expect(called).toMatchObject({ status: 1, stderr: expect.stringContaining('not the file any more') as string });
  writeFileSync(join(base, 'bzImage'), kernel);
});

test.each([
  [['--hypervisor', 'none'], '--hypervisor none'],
  [['--hypervisor', 'packages'], 'for a hypervisor that a package'],
  [['--sign-key', './bzImage'], 'no private key'],
  [['--sign-key', './nowhere.key'], 'bootlap keygen'],
])('%j is refused before anything is written', async (words, text) => {
  const called = await call('bundle', './tiny.yaml', '--workspace', 'w', '--out', 'refused.tar.gz', ...words);
  expect(called.status).not.toBe(0);
  expect(called.stderr).toContain(text);
  expect(existsSync(join(base, 'refused.tar.gz'))).toBe(false);
});

describe('a signed bundle', () => {
  let signed = '';

  beforeAll(async () => {
    await call('keygen', '--out', 'ours');
    await call('keygen', '--out', 'theirs');
    await call('bundle', './tiny.yaml', '--workspace', 'w', '--sign-key', 'ours.key', '--out', 'signed.tar.gz');
    signed = join(base, 'signed.tar.gz');
  });

  test('says who signed it, and passes with that key', async () => {
    expect(await call('verify', signed, '--key', 'ours.pub')).toMatchObject({ status: 0 });
    const unchecked = await call('verify', signed);
    expect(unchecked).toMatchObject({ status: 0, stdout: expect.stringContaining('not checked') as string });
  });

  test('fails with another key, and an unsigned one fails with any', async () => {
    for (const file of [signed, bundle]) {
      const called = await call('verify', file, '--key', 'theirs.pub', '--json');
      expect(called.status).toBe(12);
      expect(called.stderr).toContain('provenance.dsse.json');
      expect(JSON.parse(called.stdout)).toMatchObject({ event: 'verify', ok: false });
    }
  });

  test('can be checked with openssl and nothing of ours', () => {
    const there = unpackBundle(signed, join(base, 'by-hand'));
    const { payload, payloadType, signatures } = JSON.parse(
      readFileSync(join(there, 'provenance.dsse.json'), 'utf8'),
    ) as { payload: string; payloadType: string; signatures: { sig: string }[] };
    const content = Buffer.from(payload, 'base64');
    const head = `DSSEv1 ${payloadType.length} ${payloadType} ${content.length} `;
    writeFileSync(join(base, 'pae'), Buffer.concat([Buffer.from(head), content]));
    writeFileSync(join(base, 'sig'), Buffer.from(signatures[0]?.sig ?? '', 'base64'));
    const words = ['pkeyutl', '-verify', '-pubin', '-inkey', 'ours.pub', '-rawin', '-in', 'pae', '-sigfile', 'sig'];
    expect(execFileSync('openssl', words, { cwd: base, encoding: 'utf8' })).toContain('Verified Successfully');
    expect(content.equals(readFileSync(join(there, 'provenance.json')))).toBe(true);
  });
});

function runIds(workspace = 'w'): string[] {
  return execFileSync('ls', [join(base, workspace, 'runs')], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((name) => name.includes('-tiny-'));
}
