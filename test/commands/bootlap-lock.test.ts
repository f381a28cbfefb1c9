import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { bootlap, type Called } from '../rig/cli.js';
import { startGitRig, type GitRig } from '../rig/git.js';
import { makeHeldProject, type HeldProject } from '../rig/held-project.js';
import { startHttpRig, type HttpRig } from '../rig/http.js';

const FIRST = 'CONFIG_X=y\n# CONFIG_Y is not set\n';
const SECOND = 'CONFIG_X=n\nCONFIG_Z=y\n';

let git: GitRig;
let server: HttpRig;
let project: HeldProject;
let workspaces = 0;

beforeEach(async () => {
  git = startGitRig();
  server = await startHttpRig();
  project = makeHeldProject(git);
  serve(FIRST);
  project.write({ config: `${server.address}/raw` });
});

afterEach(async () => {
  await server.close();
  git.close();
});

function serve(text: string): void {
  server.put('/there', Buffer.from(text));
  server.put('/raw', Buffer.from(''), { kind: 'redirect', to: '/there' });
}

const fetches = ['--until', 'fetch:firmware', '--until', 'fetch:kernel-config'];
const makes = ['--until', 'make:firmware', '--until', 'make:kernel'];

/** A machine of its own: nothing but the recipe's folder is shared with others. */
class Machine {
  private readonly workspace = join(git.folder, `workspace-${(workspaces += 1)}`);

  call(command: string, ...words: string[]): Promise<Called> {
    return this.callAs(undefined, command, ...words);
  }

  callAs(user: number | undefined, ...words: string[]): Promise<Called> {
    return bootlap([...words, '--workspace', this.workspace], {
      folder: project.folder,
      ...(user === undefined ? {} : { user }),
    });
  }

  run(...words: string[]): Promise<Called> {
    return this.call('run', 'mine.yaml', ...words);
  }

  made(path: string): string {
    return readFileSync(join(this.workspace, 'out', 'mine', path), 'utf8');
  }

  /** What the newest run recorded. */
  events(): string {
    return readFileSync(join(this.workspace, 'runs', 'latest', 'events.ndjson'), 'utf8');
  }

  get commit(): unknown {
    return (JSON.parse(this.made('pin-firmware/pin.json')) as { commit: unknown }).commit;
  }
}

const head = (): string => git.git(project.repository, 'rev-parse', 'HEAD');
const short = (commit: string): string => commit.slice(0, 12);
const move = (version: string): string => git.commit(project.repository, { version });
const source = (): object => ({ git: git.url(project.repository), branch: 'main' });
const lockFile = (): string => join(project.folder, 'bootlap.lock');

function lockOf(firmware: object | undefined, config: string): object {
  const held = { 'kernel-config': { url: `${server.address}/raw`, sha256: digestBytes(config) } };
  return { version: 1, recipes: { mine: { ...(firmware && { firmware }), ...held } } };
}

describe('the first run', () => {
  test('writes down what it took, and the second has nothing to do', async () => {
    const machine = new Machine();
    const first = await machine.run(...makes);
    expect(first, first.stderr).toMatchObject({ status: 0 });
    expect(project.lock()).toEqual(lockOf({ ...source(), commit: head() }, FIRST));
    expect(first.stdout).toContain(`kernel-config is held at ${short(digestBytes(FIRST))} in ${lockFile()}`);
    expect(machine.made('make-kernel/bzImage')).toBe('CONFIG_X=y\n# CONFIG_Y is not set\nCONFIG_DEFAULT=y\n');
    expect(machine.events()).toContain(`kernel-config is held at ${short(digestBytes(FIRST))} in ${lockFile()}`);
    const text = readFileSync(lockFile(), 'utf8');
    const asked = server.seen.length;
    const second = await machine.run(...makes, '--json');
    const states = second.stdout
      .split('\n')
      .flatMap((line) => /"event":"step".*"status":"(\w+)"/.exec(line)?.[1] ?? []);
    expect(new Set(states)).toEqual(new Set(['fresh', 'skipped']));
    expect(second.stdout).not.toContain('"notice"');
    expect(readFileSync(lockFile(), 'utf8')).toBe(text);
    expect(server.seen).toHaveLength(asked);
  });

  test('of another machine takes the same, wherever the branch is by then', async () => {
    const commit = head();
    await new Machine().run(...makes);
    move('2\n');
    const other = new Machine();
    expect(await other.run(...makes)).toMatchObject({ status: 0 });
    expect(other.made('make-firmware/bios.bin')).toBe('1\n');
    expect(project.lock()).toEqual(lockOf({ ...source(), commit }, FIRST));
  });

  test('with a setting for one call leaves alone what is held for the recipe as it is', async () => {
    const machine = new Machine();
    await machine.run(...makes);
    const before = readFileSync(lockFile(), 'utf8');
    git.git(project.repository, 'branch', '--force', 'aside');
    const once = await machine.run(...makes, '--set', 'firmware.source.branch=aside');
    expect(once, once.stderr).toMatchObject({ status: 0 });
    expect(readFileSync(lockFile(), 'utf8')).toBe(before);
  });

  test('whose lock was lost is caught up by the next one', async () => {
    const machine = new Machine();
    await machine.run(...fetches);
    const held = project.lock();
    rmSync(lockFile());
    move('2\n');
    expect(await machine.run(...fetches)).toMatchObject({ status: 0 });
    expect(project.lock()).toEqual(held);
  });

  test('writes down what it took even when it fails later', async () => {
    serve('<html>CONFIG_X=y</html>');
    expect(await new Machine().run(...makes, '--keep-going')).toMatchObject({ status: 4 });
    expect(project.lock()).toEqual({ version: 1, recipes: { mine: { firmware: { ...source(), commit: head() } } } });
  });

  test('in a folder that may not be written ends well, with one warning', async () => {
    const machine = new Machine();
    const read = await inReadOnlyFolder(machine, fetches);
    const warnings = read.stdout.split('\n').filter((line) => line.includes('"level":"warning"'));
    expect(read, read.stderr).toMatchObject({ status: 0 });
    expect(warnings).toEqual([expect.stringContaining(`${lockFile()} could not be written`)]);
    expect(existsSync(lockFile())).toBe(false);
  });
});

/** Root may write everywhere: it becomes nobody for this call. */
async function inReadOnlyFolder(machine: Machine, words: readonly string[]): Promise<Called> {
  const nobody = process.getuid?.() === 0 ? 65534 : undefined;
  if (nobody !== undefined) {
    execFileSync('chown', ['-R', `${nobody}:${nobody}`, git.folder]);
  }
  chmodSync(project.folder, 0o555);
  try {
    return await machine.callAs(nobody, 'run', 'mine.yaml', ...words, '--json');
  } finally {
    chmodSync(project.folder, 0o755);
  }
}

describe('--update', () => {
  test("follows a branch away from the recipe's commit, holds it, and says from where to where", async () => {
    const before = head();
    project.write({ config: `${server.address}/raw`, firmware: `, commit: ${before}, tree: ${tree()}` });
    const machine = new Machine();
    await machine.run(...fetches);
    expect(project.lock()).toEqual(lockOf(undefined, FIRST));

    const still = await machine.run(...fetches, '--update');
    expect(still.stdout).toContain(`firmware: main is still at ${short(before)}`);
    expect(project.lock()).toEqual(lockOf(undefined, FIRST));

    const after = move('2\n');
    serve(SECOND);
    const updated = await machine.call('fetch', 'mine.yaml', '--update');
    expect(updated, updated.stderr).toMatchObject({ status: 0 });
    expect(updated.stdout).toContain(`firmware: main moved from ${short(before)} to ${short(after)}`);
    expect(project.lock()).toEqual(lockOf({ ...source(), commit: after, insteadOf: before }, SECOND));

    const next = await machine.run(...makes, '--offline');
    expect(next).toMatchObject({ status: 0 });
    expect(next.stdout).not.toContain('moved');
    expect(machine.made('make-firmware/bios.bin')).toBe('2\n');
    expect(machine.commit).toBe(after);

    rmSync(lockFile());
    expect((await machine.call('why', 'pin:firmware', 'mine.yaml')).stdout).toContain('bootlap.lock holds no other');
    await machine.run(...makes);
    expect(machine.commit).toBe(before);
    expect(machine.made('make-firmware/bios.bin')).toBe('1\n');
  });
});

const tree = (): string => git.git(project.repository, 'rev-parse', 'HEAD^{tree}');

describe('a lock', () => {
  test('that came from somebody else is followed, and the plan says so before', async () => {
    const before = head();
    const after = move('2\n');
    const machine = new Machine();
    await machine.run(...fetches);
    expect(machine.commit).toBe(after);
    writeFileSync(lockFile(), JSON.stringify(lockOf({ ...source(), commit: before }, FIRST)));
    expect((await machine.call('plan', 'mine.yaml')).stdout).toMatch(
      /pin:firmware +stale .*bootlap\.lock holds another\s+commit/,
    );
    await machine.run(...fetches);
    expect(machine.commit).toBe(before);
    expect(project.lock()).toEqual(lockOf({ ...source(), commit: before }, FIRST));
  });

  test('that was made from another branch is not used, which is said, and is replaced', async () => {
    const machine = new Machine();
    await machine.run(...fetches);
    git.git(project.repository, 'checkout', '--quiet', '-b', 'other');
    const commit = move('2\n');
    project.write({ config: `${server.address}/raw`, branch: 'other' });
    const read = await machine.run(...fetches, '--json');
    expect(read.stdout).toContain(`what it held for firmware was found for ${git.url(project.repository)} main`);
    expect(project.lock()).toEqual(lockOf({ ...source(), branch: 'other', commit }, FIRST));
    expect((await machine.run(...fetches, '--json')).stdout).not.toContain('"notice"');
  });

  test("that was made over another commit of the recipe's is not used, and which one that was is said", async () => {
    const before = head();
    project.write({ config: `${server.address}/raw`, firmware: `, commit: ${before}` });
    const machine = new Machine();
    move('2\n');
    await machine.run(...fetches, '--update');
    project.write({ config: `${server.address}/raw`, firmware: `, commit: ${head()}` });
    const read = await machine.run(...fetches, '--json');
    expect(read.stdout).toContain(`main, instead of the recipe's commit ${short(before)}, and is not used`);
    expect(project.lock()).toEqual(lockOf(undefined, FIRST));
  });

  test.each([
    ['{ "version": 1,\n<<<<<<< HEAD\n', `bootlap.lock:2: found "<<<<<<< HEAD", expected JSON`],
    ['', `bootlap.lock: found an empty file, expected JSON`],
    ['{ "version": 1 "recipes": {} }', `bootlap.lock:1: found "{ \\"version\\": 1 \\"recipes\\": {} }", expected JSON`],
    ['version: 1\n', `bootlap.lock: found something else (Unexpected token`],
    ['{ "version": 2, "recipes": {} }', 'version: found 2, expected 1'],
    ['{ "version": 1, "recipes": { "mine": { "firmwear": {} } } }', 'recipes.mine: found key "firmwear"'],
    [
      '{ "version": 1, "recipes": { "mine": { "kernel-config": { "url": "u", "sha256": "12" } } } }',
      'recipes.mine.kernel-config.sha256: found "12", expected a SHA-256',
    ],
    [
      '{ "version": 1, "recipes": { "yours": { "kernel": { "git": "u", "branch": "b" } } } }',
      'recipes.yours.kernel.commit: found nothing, expected a commit',
    ],
  ])('that is broken (%s) stops everything, and is left as it is', async (text, words) => {
    writeFileSync(lockFile(), text);
    const read = await new Machine().run(...fetches);
    expect(read.status).toBe(2);
    expect(read.stderr.replaceAll(/\s+/g, ' ')).toContain(words);
    expect(readFileSync(lockFile(), 'utf8')).toBe(text);
  });

  test('keeps what it holds for other recipes, and for what a setting has switched off', async () => {
    const yours = { kernel: { git: 'https://there.example/k.git', branch: 'b', commit: 'c'.repeat(40) } };
    const mine = { 'kernel-config': { url: 'https://there.example/raw', sha256: 'd'.repeat(64) } };
    writeFileSync(lockFile(), JSON.stringify({ version: 1, recipes: { yours, mine } }));
    const read = await new Machine().run('--until', 'fetch:firmware', '--set', 'kernel.config=builtin');
    expect(read, read.stderr).toMatchObject({ status: 0 });
    const firmware = { ...source(), commit: head() };
    expect(project.lock()).toEqual({ version: 1, recipes: { mine: { firmware, ...mine }, yours } });
  });
});

describe('a .config at an address', () => {
  const plain = ({ stderr }: Called): string => stderr.replaceAll(/\s+/g, ' ');

  test('that is no longer what it was is refused with what to do, and --update takes it', async () => {
    await new Machine().run(...fetches);
    serve(SECOND);
    const other = new Machine();
    const refused = await other.run(...makes);
    expect(refused.status).toBe(4);
    expect(plain(refused)).toMatch(/digest differs from the one held in bootlap.lock.*--update takes the new bytes/);
    expect(plain(refused)).toContain('"--set kernel.config=builtin" works without it');
    expect(project.lock()).toMatchObject(lockOf(undefined, FIRST));
    expect(await other.run(...makes, '--update')).toMatchObject({ status: 0 });
    expect(project.lock()).toMatchObject(lockOf(undefined, SECOND));
    expect(other.made('make-kernel/bzImage')).toContain('CONFIG_Z=y');
  });

  test.each([
    ['is gone', 'answered 404', () => server.put('/raw', Buffer.from(''), { kind: 'status', status: 404 })],
    ['is a web page', 'sent a web page', () => serve('\n<!DOCTYPE html><p>CONFIG_X=y')],
    ['sets nothing', 'not one line of it sets a CONFIG_ symbol', () => serve('hello\n')],
    ['is no end of bytes', 'sends more than 4 MiB', () => serve('#'.repeat(5 * 1024 * 1024))],
    [
      'lies behind plain http elsewhere',
      'redirects to http://there.example/raw, which is plain http',
      () => server.put('/raw', Buffer.from(''), { kind: 'redirect', to: 'http://there.example/raw' }),
    ],
  ])('that %s names what came of it, and what works without it', async (_case, words, break_) => {
    break_();
    const read = await new Machine().run('--until', 'fetch:kernel-config');
    expect(read.status).toBe(4);
    expect(plain(read)).toContain(words);
    expect(plain(read)).toContain('"--set kernel.config=builtin" works without it');
    expect(project.lock()).toBeUndefined();
  });

  test('does without the network where another configuration is chosen', async () => {
    await server.close();
    const machine = new Machine();
    const read = await machine.run('--until', 'make:kernel', '--set', 'kernel.config=builtin');
    expect(read, read.stderr).toMatchObject({ status: 0 });
    expect(machine.made('make-kernel/bzImage')).toBe('CONFIG_TINY=y\nCONFIG_DEFAULT=y\n');
    expect(project.lock()).toBeUndefined();
  });

  test('needs no network once it is here, and names itself where it is not', async () => {
    const machine = new Machine();
    const missing = await machine.run('--until', 'fetch:kernel-config', '--offline');
    expect(missing.status).toBe(4);
    expect(plain(missing)).toContain('"--set kernel.config=builtin" works without it');
    expect(await machine.call('fetch', 'mine.yaml')).toMatchObject({ status: 0 });
    expect(await machine.run(...makes, '--offline')).toMatchObject({ status: 0 });
    const locked = await new Machine().run('--until', 'fetch:kernel-config', '--offline');
    expect(plain(locked)).toContain(`the .config at ${server.address}/raw is not on this machine yet`);
  });

  test('is not asked for by plain http elsewhere, unless the recipe gives its digest', async () => {
    project.write({ config: 'http://there.example/raw' });
    const read = await new Machine().run(...fetches);
    expect(read.status).toBe(2);
    expect(plain(read)).toMatch(
      /mine.yaml:\d+: kernel.build.configs.fetched.base.url: found "http:\/\/there.example\/raw", which is plain http.*"sha256:" beside it/,
    );
    const pinned = await new Machine().call(
      'graph',
      'mine.yaml',
      '--set',
      `kernel.build.configs.fetched.base.sha256=${digestBytes(FIRST)}`,
    );
    expect(pinned.stdout).toContain('fetch:kernel-config');
    expect(pinned.stdout).not.toContain('pin:kernel-config');
  });
});
