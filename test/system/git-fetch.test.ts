import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchCommit, findTip } from '../../src/system/git-fetch.js';
import type { GitUse } from '../../src/system/git.js';
import { startGitRig, type GitRig } from '../rig/git.js';

let rig: GitRig;
let upstream: string;
let use: GitUse;

beforeEach(() => {
  rig = startGitRig();
  upstream = rig.repository('upstream', { 'main.c': 'int main;\n' });
  use = { folder: join(rig.folder, 'bare.git'), neededBy: 'fetch:firmware' };
});

afterEach(() => rig.close());

function head(): { commit: string; tree: string } {
  return { commit: rig.git(upstream, 'rev-parse', 'HEAD'), tree: rig.git(upstream, 'rev-parse', 'HEAD^{tree}') };
}

describe('fetching a commit', () => {
  test('brings the commit without its history and names its tree', async () => {
    rig.commit(upstream, { 'main.c': 'int main = 2;\n' });
    const { commit, tree } = head();
    expect(await fetchCommit(use, { urls: [rig.url(upstream)], commit, tree, branch: 'main' })).toEqual({
      ok: true,
      value: tree,
    });
    expect(rig.git(use.folder, 'rev-list', '--count', commit)).toBe('1');
  });

  test('brings a commit that is no tip any more', async () => {
    const { commit, tree } = head();
    rig.commit(upstream, { 'main.c': 'int main = 2;\n' });
    expect(await fetchCommit(use, { urls: [rig.url(upstream)], commit })).toEqual({ ok: true, value: tree });
  });

  test('asks no server for a commit that is here', async () => {
    const { commit, tree } = head();
    await fetchCommit(use, { urls: [rig.url(upstream)], commit });
    expect(await fetchCommit(use, { urls: [], commit })).toEqual({ ok: true, value: tree });
  });

  test('works with a server that does not hand out bare commits, by going back along the branch', async () => {
    rig.configure('[protocol]\n\tversion = 0\n');
    const { commit, tree } = head();
    for (let count = 0; count < 60; count += 1) {
      rig.git(upstream, 'commit', '--quiet', '--allow-empty', '--message', `${count}`);
    }
    const wanted = { urls: [rig.url(upstream)], commit, branch: 'main' };
    expect(await fetchCommit(use, wanted)).toEqual({ ok: true, value: tree });
  });

  test('goes on after a git that was killed left its lock', async () => {
    const { commit, tree } = head();
    rig.git(rig.folder, 'init', '--bare', '--quiet', use.folder);
    writeFileSync(join(use.folder, 'shallow.lock'), '');
    expect(await fetchCommit(use, { urls: [rig.url(upstream)], commit })).toEqual({ ok: true, value: tree });
  });

  test('goes through the insteadOf of the user, and takes the mirrors in turn', async () => {
    rig.configure(`[url "${rig.url(rig.folder)}/"]\n\tinsteadOf = https://git.invalid/\n`);
    const { commit, tree } = head();
    const urls = ['file:///nowhere/at/all.git', 'https://git.invalid/upstream'];
    expect(await fetchCommit(use, { urls, commit })).toEqual({ ok: true, value: tree });
  });

  test('that two steps want at once is done once after the other', async () => {
    const { commit, tree } = head();
    const wanted = { urls: [rig.url(upstream)], commit };
    const results = await Promise.all([fetchCommit(use, wanted), fetchCommit(use, wanted)]);
    expect(results).toEqual([
      { ok: true, value: tree },
      { ok: true, value: tree },
    ]);
  });
});

describe('a commit that cannot be had', () => {
  test('says of every address what git said', async () => {
    const { commit } = head();
    const urls = ['file:///nowhere/at/all.git', 'https://127.0.0.1:1/x.git'];
    const result = await fetchCommit(use, { urls, commit });
    expect(result).toMatchObject({
      ok: false,
      failure: {
        reason: 'git-failed',
        attempts: [
          { url: urls[0], detail: expect.stringContaining('does not') as string },
          { url: urls[1], detail: expect.stringContaining('127.0.0.1') as string },
        ],
      },
    });
  });

  test('is an unknown revision when the server does not have it', async () => {
    const commit = '1'.repeat(40);
    const result = await fetchCommit(use, { urls: [rig.url(upstream)], commit, branch: 'main' });
    expect(result).toMatchObject({ ok: false, failure: { reason: 'git-unknown-revision', revision: commit } });
  });

  test('is a mismatch when its tree is another than the recipe says', async () => {
    const { commit, tree } = head();
    const expected = '2'.repeat(40);
    const result = await fetchCommit(use, { urls: [rig.url(upstream)], commit, tree: expected });
    expect(result).toMatchObject({ ok: false, failure: { reason: 'digest-mismatch', expected, found: tree } });
  });

  test('runs no program that an address names, not even when the configuration allows it', async () => {
    const proof = join(rig.folder, 'proof');
    rig.configure(
      `[protocol "ext"]\n\tallow = always\n[url "ext::touch ${proof} "]\n\tinsteadOf = https://ext.invalid/\n`,
    );
    const { commit } = head();
    expect(await fetchCommit(use, { urls: [`ext::touch% ${proof}`], commit })).toMatchObject({
      failure: { reason: 'git-refused' },
    });
    expect(await fetchCommit(use, { urls: ['https://ext.invalid/x'], commit })).toMatchObject({
      failure: { reason: 'git-failed' },
    });
    expect(existsSync(proof)).toBe(false);
  });

  test('gives up a server that is silent', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
    const result = await fetchCommit({ ...use, stallMilliseconds: 400 }, { urls: [url], commit: '1'.repeat(40) });
    server.close();
    expect(result).toMatchObject({ ok: false, failure: { reason: 'git-failed', attempts: [{ url }] } });
  });

  test('ends when the user interrupts', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const result = await fetchCommit({ ...use, signal: controller.signal }, { urls: [url], commit: '1'.repeat(40) });
    server.close();
    expect(result).toEqual({ ok: false, failure: { reason: 'interrupted' } });
  });
});

describe('the tip of a branch', () => {
  test('is found for branches and tags, annotated ones too', async () => {
    const { commit } = head();
    rig.git(upstream, 'tag', '--annotate', '--message', 'x', 'v1.0');
    rig.git(upstream, 'branch', 'topic/virt-x86');
    for (const branch of ['main', 'topic/virt-x86', 'v1.0', 'refs/heads/main']) {
      expect(await findTip(use, { urls: [rig.url(upstream)], branch })).toEqual({ ok: true, value: commit });
    }
  });

  test('that does not exist names the nearest that does', async () => {
    rig.git(upstream, 'branch', 'topic/virt-x86');
    const url = rig.url(upstream);
    expect(await findTip(use, { urls: [url], branch: 'topic/virt-x68' })).toEqual({
      ok: false,
      failure: { reason: 'git-unknown-revision', url, revision: 'topic/virt-x68', nearest: 'topic/virt-x86' },
    });
  });

  test('comes from the mirror when the first address is gone', async () => {
    mkdirSync(join(rig.folder, 'empty'));
    const urls = [rig.url(join(rig.folder, 'empty')), rig.url(upstream)];
    expect(await findTip(use, { urls, branch: 'main' })).toEqual({ ok: true, value: head().commit });
  });
});
