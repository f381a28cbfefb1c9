import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { digestsText } from '../../src/bundle/digests-file.js';
import { verifyBundle } from '../../src/bundle/verify.js';
import { digestBytes } from '../../src/core/digest.js';
import type { BundleProblem } from '../../src/core/failures/bundle.js';
import { makeBundle, makeBundleProject, unpackBundle } from '../rig/bundle-project.js';
import { entriesOf, packEntries, type AnyEntry } from '../rig/hostile-tar.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const base = mkdtempSync(join(tmpdir(), 'bootlap-tamper-'));
const forged = join(base, 'forged.tar.gz');
let bundle = '';
let entries: readonly AnyEntry[] = [];
let top = '';

beforeAll(async () => {
  makeBundleProject(base);
  bundle = await makeBundle(base, 'w');
  entries = entriesOf(bundle);
  top = entries[0]?.path.split('/')[0] ?? '';
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

/** What is wrong with an archive; empty where nothing is. */
async function problemsOf(file = forged): Promise<readonly BundleProblem[]> {
  const verified = await verifyBundle({ file });
  if (verified.ok) {
    return [];
  }
  return 'problems' in verified.failure ? verified.failure.problems : [{ detail: verified.failure.reason }];
}

async function problemsWith(changed: readonly AnyEntry[], tail?: Buffer): Promise<readonly BundleProblem[]> {
  packEntries(forged, changed, tail);
  return problemsOf();
}

/** The archive with its SHA256SUMS made right for what is in it now, as one who knows would. */
function withDigests(changed: readonly AnyEntry[]): AnyEntry[] {
  const sums = `${top}/SHA256SUMS`;
  const others = changed.filter(({ path }) => path !== sums);
  const listed = others.map(({ path, content }) => ({
    path: path.slice(top.length + 1),
    digest: digestBytes(content),
  }));
  return [{ path: sums, content: Buffer.from(digestsText(listed)) }, ...others];
}

const short = (path: string): string => path.slice(top.length + 1);
const replaced = (path: string, entry: AnyEntry): AnyEntry[] =>
  entries.map((each) => (each.path === path ? entry : each));
const filesOf = (problems: readonly BundleProblem[]): string[] =>
  problems.map(({ file, detail }) => `${file ?? ''} ${detail}`);
const named = (problems: readonly BundleProblem[], name: string): boolean =>
  filesOf(problems).some((line) => line.includes(name));

test('the same entries packed by somebody else still pass', async () => {
  expect(await problemsWith(entries)).toEqual([]);
  expect(await problemsWith([...entries].reverse())).toEqual([]);
});

describe('each file of a bundle', () => {
  test('changed in one byte is found and named', async () => {
    for (const entry of entries) {
      const content = Buffer.from(entry.content);
      const at = Math.floor(content.length / 2);
      content[at] = (content[at] ?? 0) ^ 1;
      const problems = await problemsWith(replaced(entry.path, { ...entry, content }));
      expect(named(problems, short(entry.path)), entry.path).toBe(true);
    }
  });

  test('changed by one who also mends SHA256SUMS is found and named', async () => {
    for (const entry of entries.filter(({ path }) => !/SHA256SUMS|provenance\.json/.test(path))) {
      const content = Buffer.concat([entry.content, Buffer.from(' ')]);
      const problems = await problemsWith(withDigests(replaced(entry.path, { ...entry, content })));
      expect(named(problems, short(entry.path)), entry.path).toBe(true);
    }
  });

  test('removed is found and named', async () => {
    for (const { path } of entries) {
      const left = entries.filter((entry) => entry.path !== path);
      expect(named(await problemsWith(left), short(path)), path).toBe(true);
      if (!path.endsWith('SHA256SUMS')) {
        expect(named(await problemsWith(withDigests(left)), short(path)), path).toBe(true);
      }
    }
  });

  test('renamed is found and named, by its old name and its new one', async () => {
    for (const entry of entries) {
      const problems = await problemsWith(replaced(entry.path, { ...entry, path: `${entry.path}2` }));
      expect(named(problems, short(entry.path)), entry.path).toBe(true);
      expect(named(problems, `${short(entry.path)}2`), entry.path).toBe(true);
    }
  });

  test('doubled is found and named', async () => {
    for (const entry of entries) {
      const problems = await problemsWith([...entries, { ...entry, content: Buffer.from('other') }]);
      expect(problems).toContainEqual({ file: entry.path, detail: 'it is in the archive twice' });
    }
  });

  test('swapped with a link, a device or a pipe is found and named', async () => {
    const others = [{ type: 'CharacterDevice' }, { type: 'BlockDevice' }, { type: 'FIFO' }] as const;
    const links = ['../../../etc/passwd', '/etc/passwd', 'kernel'].flatMap((target) => [
      { type: 'SymbolicLink', target } as const,
      { type: 'Link', target } as const,
    ]);
    for (const [index, { path }] of entries.entries()) {
      for (const kinds of [others, links]) {
        const kind = kinds[index % kinds.length] ?? others[0];
        const problems = await problemsWith(replaced(path, { path, content: Buffer.alloc(0), ...kind }));
        const own = problems.filter(({ file }) => file === path);
        expect(own[0]?.detail, path).toMatch(/^it is no file but of the kind/);
      }
    }
  });

  test('made executable, or no longer so, is found and named', async () => {
    for (const entry of entries) {
      const problems = await problemsWith(replaced(entry.path, { ...entry, executable: entry.executable !== true }));
      expect(named(problems, short(entry.path)), entry.path).toBe(true);
    }
  });
});

test('a file that would run with the rights of another user is refused, in an archive and in a folder', async () => {
  const path = `${top}/vm/kernel`;
  const kernel = entries.find((entry) => entry.path === path);
  for (const mode of [0o4644, 0o2644, 0o1644]) {
    const problems = await problemsWith(replaced(path, { path, content: kernel?.content ?? Buffer.alloc(0), mode }));
    expect(filesOf(problems)[0]).toMatch(/^bootlap-.*vm\/kernel it would run with the rights of another user/);
  }
  const unpacked = unpackBundle(bundle, mkdtempSync(join(tmpdir(), 'bootlap-privileged-')));
  chmodSync(join(unpacked, 'vm/kernel'), 0o4644);
  expect(filesOf(await problemsOf(unpacked)).join('')).toContain('with the rights of another user');
  rmSync(dirname(unpacked), { recursive: true });
});

test('a folder that holds no bundle gets one line, and which folder in it does', async () => {
  const around = mkdtempSync(join(tmpdir(), 'bootlap-around-'));
  expect(filesOf(await problemsOf(around))).toEqual([
    'bundle.json it is missing, so this is not the folder of an unpacked bundle',
  ]);
  unpackBundle(bundle, around);
  expect(filesOf(await problemsOf(around))).toEqual([
    `bundle.json it is missing, so this is not the folder of an unpacked bundle; there is one in ${top}`,
  ]);
  rmSync(around, { recursive: true });
});

describe('a file more', () => {
  test.each([
    ['an unknown one', 'TOP/vm/extra', 'not listed'],
    ['one outside of the folder', 'elsewhere/file', 'not in the folder'],
    ['an absolute path', '/tmp/bootlap-evil', 'absolute'],
    ['a path that leads out', 'TOP/../../evil', 'leads out'],
    ['a path that leads out and in again', 'TOP/vm/../kernel', 'leads out'],
    ['a name that differs in case only', 'TOP/VM/KERNEL', 'in case only'],
    ['a name with a line feed', 'TOP/vm/a\nb', 'signs'],
    ['a name with an escape sequence', 'TOP/vm/\u001b[2Jx', 'signs'],
    ['a name that is written from right to left', 'TOP/vm/\u202ecod.exe', 'signs'],
    ['a name with a backslash', 'TOP/vm\\kernel', 'signs'],
    ['a file in place of a folder', 'TOP/vm/kernel/below', 'which is a file'],
    ['a second top folder', 'bootlap-other-0/x', 'not in the folder'],
  ])('%s is refused, and shown harmlessly', async (_what, path, detail) => {
    const evil = { path: path.replace('TOP', top), content: Buffer.from('evil') };
    for (const changed of [[...entries, evil], withDigests([...entries, evil])]) {
      const lines = filesOf(await problemsWith(changed));
      expect(lines.some((line) => line.includes(detail)) || lines.some((line) => line.includes('vouch'))).toBe(true);
      expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
    }
    expect(filesOf(await problemsWith([...entries, evil])).some((line) => line.includes(detail))).toBe(true);
    expect(readdirSync(base).sort()).toEqual(EXPECTED_NAMES());
  });
});

const EXPECTED_NAMES = (): string[] =>
  ['bootlap.lock', 'bzImage', 'forged.tar.gz', 'out-w', 'project', 'tiny.yaml', 'version.patch', 'vm', 'w'].sort();

describe('an archive', () => {
  test('cut at 50 places is refused each time, with the file at which it ends or the archive', async () => {
    const { size } = statSync(bundle);
    for (let cut = 0; cut < 50; cut += 1) {
      copyFileSync(bundle, forged);
      truncateSync(forged, Math.floor((size * cut) / 50));
      const [first] = await problemsOf();
      expect(first?.detail, `cut at ${cut}/50`).toMatch(/cut short|ends before|no gzip/);
      const path = first?.file;
      expect(path === undefined || entries.some((entry) => entry.path === path)).toBe(true);
    }
    for (const left of [1, 4, 8, 9, 100]) {
      copyFileSync(bundle, forged);
      truncateSync(forged, size - left);
      expect((await problemsOf())[0]?.detail, `without its last ${left} bytes`).toMatch(/cut short|ends before/);
    }
  });

  test('with a flipped bit anywhere is refused', async () => {
    const whole = readFileSync(bundle);
    for (let place = 0; place < 40; place += 1) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(((place + 0.5) * bytes.length) / 40);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      writeFileSync(forged, bytes);
      expect(await problemsOf(), `at ${at}`).not.toEqual([]);
    }
  });

  test('with something hidden behind its end is refused', async () => {
    expect(
      await problemsWith(entries, Buffer.concat([Buffer.alloc(1024), Buffer.from('hidden'), Buffer.alloc(506)])),
    ).not.toEqual([]);
    writeFileSync(forged, Buffer.concat([readFileSync(bundle), Buffer.from('hidden behind')]));
    expect(await problemsOf()).not.toEqual([]);
    writeFileSync(forged, Buffer.concat([readFileSync(bundle), gzipSync('a second member')]));
    expect(await problemsOf()).not.toEqual([]);
  });

  test('that is no archive is refused', async () => {
    for (const content of ['', 'hello', gzipSync('hello'), gzipSync(Buffer.alloc(0)), gzipSync(Buffer.alloc(10_240))]) {
      writeFileSync(forged, content);
      expect(await problemsOf()).not.toEqual([]);
    }
  });

  test('that unpacks to far more than its size is left early', async () => {
    packEntries(forged, [{ path: `${top}/vm/kernel`, content: Buffer.alloc(200 * 1024 ** 2) }]);
    writeFileSync(forged, gzipSync(gunzipSync(readFileSync(forged)), { level: 9 }));
    expect(filesOf(await problemsOf()).join('')).toContain('times its size');
  });

  test('that says a file is huge, or has more files than any bundle, is refused', async () => {
    const huge = { path: `${top}/vm/kernel`, content: Buffer.from('x'), size: 5 * 1024 ** 3 };
    expect(filesOf(await problemsWith([huge])).join('')).toContain('are the most');
    const many = Array.from({ length: 6000 }, (_, index) => ({ path: `${top}/f${index}`, content: Buffer.alloc(0) }));
    expect(filesOf(await problemsWith(many)).join('')).toContain('more than 5000 entries');
  });

  test('under another name of its folder is refused', async () => {
    const moved = entries.map((entry) => ({
      ...entry,
      path: entry.path.replace(top, 'bootlap-other-0123456789abcdef'),
    }));
    expect(filesOf(await problemsWith(moved)).join('')).toContain(`should be called ${top}`);
  });
});

test('an extended header, which can show another program other files, is refused', async () => {
  const record = '23 path=bootlap-other/a\n';
  const header = { path: `${top}/pax`, content: Buffer.from(record), type: 'ExtendedHeader' } as const;
  expect(filesOf(await problemsWith([header, ...entries])).join('')).toContain('extended header');
});

test('a version of bootlap that is none never reaches a terminal', async () => {
  const path = `${top}/bundle.json`;
  const text = entries.find((entry) => entry.path === path)?.content.toString('utf8') ?? '{}';
  const document = { ...(JSON.parse(text) as object), bootlap: '\u001b[2J' };
  const problems = await problemsWith(
    withDigests(replaced(path, { path, content: Buffer.from(JSON.stringify(document)) })),
  );
  expect(filesOf(problems)).toContain('bundle.json what it has for the version of bootlap is none');
});

test('a problem that quotes a document is cut short', async () => {
  const path = `${top}/provenance.dsse.json`;
  const envelope = { payload: '', payloadType: 'x'.repeat(100_000), signatures: [{ keyid: 'a', sig: 'a' }] };
  const problems = await problemsWith(
    withDigests([...entries, { path, content: Buffer.from(JSON.stringify(envelope)) }]),
  );
  expect(problems.length).toBeGreaterThan(0);
  expect(Math.max(...problems.map(({ detail }) => detail.length))).toBeLessThan(1100);
});

test.each([
  'null',
  '[]',
  '{}',
  '1',
  '"x"',
  '{"vm":null}',
  '{"kind":"bootlap-bundle","schemaVersion":1}',
  '{"components":1}',
])('documents that are all %s are refused and nothing breaks', async (text) => {
  for (const { path } of entries.filter((entry) => entry.path.endsWith('.json'))) {
    const problems = await problemsWith(withDigests(replaced(path, { path, content: Buffer.from(text) })));
    expect(problems, path).not.toEqual([]);
  }
});
