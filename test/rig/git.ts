import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A folder with real git repositories in it, and a home with a `.gitconfig` of the test's own. */
export interface GitRig {
  readonly folder: string;
  /** Makes a repository with one commit on `main` and gives its folder. */
  repository(name: string, files: Readonly<Record<string, string>>): string;
  /** Writes files and commits them; gives the commit's name. */
  commit(repository: string, files: Readonly<Record<string, string>>): string;
  /** Runs git in a folder and gives what it prints, without the last line feed. */
  git(folder: string, ...line: string[]): string;
  /** Adds lines to the user's `.gitconfig`. */
  configure(text: string): void;
  /** The `file://` address of a folder. */
  url(repository: string): string;
  close(): void;
}

/** Sets it up. HOME of this process is changed until it is closed. */
export function startGitRig(): GitRig {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-git-'));
  const home = process.env['HOME'];
  const config = join(folder, '.gitconfig');
  writeFileSync(config, '[user]\n\tname = T\n\temail = t@localhost\n[init]\n\tdefaultBranch = main\n');
  process.env['HOME'] = folder;
  const git = (where: string, ...line: string[]): string =>
    execFileSync('git', line, { cwd: where, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(/\n$/, '');
  const rig: GitRig = {
    folder,
    git,
    repository(name, files) {
      const repository = join(folder, name);
      mkdirSync(repository);
      git(repository, 'init', '--quiet');
      rig.commit(repository, files);
      return repository;
    },
    commit(repository, files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(repository, path)), { recursive: true });
        writeFileSync(join(repository, path), text);
      }
      git(repository, 'add', '--all');
      git(repository, 'commit', '--quiet', '--allow-empty', '--message', 'a change');
      return git(repository, 'rev-parse', 'HEAD');
    },
    configure(text) {
      writeFileSync(config, text, { flag: 'a' });
    },
    url: (repository) => pathToFileURL(repository).href,
    close() {
      process.env['HOME'] = home;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}
