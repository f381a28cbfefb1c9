import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';

/** How a command in the clone ended. */
export interface Ending {
  readonly status: number | null;
  readonly output: string;
}

/**
 * A bare clone with the real set-up scripts and list of needs, a two-line bootlap to build, and a PATH of our own
 * making: `tools` are links to this machine's programs, `fakes` are shell scripts.
 */
export class Clone {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'bootlap-clone-')));
  readonly bin = join(this.path, 'bin');

  constructor() {
    onTestFinished(() => {
      rmSync(this.path, { recursive: true });
    });
    for (const name of ['scripts', 'configs/host-needs.json', 'tsconfig.json']) {
      cpSync(join(packageFolder, name), join(this.path, name), { recursive: true });
    }
    this.write('package.json', '{ "name": "bootlap", "version": "0.0.0", "type": "module" }');
    this.write('package-lock.json', '{ "name": "bootlap", "version": "0.0.0", "lockfileVersion": 3, "packages": {} }');
    this.write('src/cli.ts', "console.log('bootlap', ...process.argv.slice(2));\nprocess.exitCode = 5;\n");
    this.write('src/replay.ts', 'export {};\n');
    mkdirSync(this.bin);
    this.tool('sh', 'env', 'node');
  }

  /** Gives the clone this repository's installed packages, as `npm ci` would. */
  withNodePackages(): this {
    mkdirSync(join(this.path, 'node_modules/@types'), { recursive: true });
    this.write('node_modules/.package-lock.json', '{}');
    for (const name of ['typescript', 'esbuild', '@types/node', 'undici-types']) {
      symlinkSync(join(packageFolder, 'node_modules', name), join(this.path, 'node_modules', name));
    }
    return this;
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.path, name, '..'), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  /** Puts programs of this machine on the clone's PATH. */
  tool(...names: string[]): void {
    for (const name of names) {
      const found = name === 'node' ? process.execPath : which(name);
      symlinkSync(found, join(this.bin, name));
    }
  }

  /** Puts a shell script on the clone's PATH. */
  fake(name: string, script: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  /** Every program that the set-up looks for, each of them doing nothing, but a compiler that obeys `gcc`. */
  withEverything(gcc = 'exit 0'): this {
    for (const name of ['qemu-system-x86_64', 'git', 'make', 'meson', 'ninja', 'flex', 'bison', 'bc', 'xz']) {
      this.fake(name, 'exit 0');
    }
    this.fake('gcc', gcc);
    return this;
  }

  /** Runs a script of the clone. `npm ci` is played by a program that records that it was called. */
  run(
    script: string,
    options: { arguments?: string[]; environment?: Record<string, string>; user?: number } = {},
  ): Ending {
    const node = join(this.bin, 'node');
    const ended = spawnSync(node, [join(this.path, 'scripts', script), ...(options.arguments ?? [])], {
      cwd: this.path,
      env: { PATH: this.bin, HOME: this.path, ...options.environment },
      encoding: 'utf8',
      ...(options.user === undefined ? {} : { uid: options.user, gid: options.user }),
    });
    return { status: ended.status, output: ended.stdout + ended.stderr };
  }
}

function which(name: string): string {
  return spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
}
