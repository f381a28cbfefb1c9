import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { digestFile } from '../../src/system/files.js';

/** A package archive on this disk, with real packages in it, and a machine whose apt knows it and nothing else. */
export interface AptRig {
  readonly folder: string;
  /** Root of the machine: its `etc/apt` names the archive. */
  readonly machine: string;
  /** Adds a `.deb` with these files and gives its path. */
  binary(name: string, version: string, files: Readonly<Record<string, string>>, depends?: string): string;
  /** Adds a source package: upstream's tar, the `debian` tar and the `.dsc`. */
  source(name: string, version: string): void;
  /** Writes the lists that apt fetches. */
  publish(): void;
  close(): void;
}

/** Sets it up, empty. */
export function startAptRig(): AptRig {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-apt-'));
  const archive = join(folder, 'archive');
  const machine = join(folder, 'machine');
  const packages: string[] = [];
  const sources: string[] = [];
  mkdirSync(archive);
  write(machine, 'etc/apt/sources.list', `deb [trusted=yes] copy:${archive} ./\n`);
  const rig: AptRig = {
    folder,
    machine,
    binary(name, version, files, depends) {
      const tree = join(folder, `${name}-${version}`);
      const control = [`Package: ${name}`, `Version: ${version}`, 'Architecture: all', 'Maintainer: T <t@localhost>'];
      const stanza = [...control, ...(depends === undefined ? [] : [`Depends: ${depends}`]), 'Description: x'];
      write(tree, 'DEBIAN/control', `${stanza.join('\n')}\n`);
      Object.entries(files).forEach(([path, text]) => write(tree, path, text));
      const deb = `${name}_${version}_all.deb`;
      run(folder, 'dpkg-deb', '--build', '--root-owner-group', tree, join(archive, deb));
      packages.push([...stanza, `Filename: ./${deb}`, sums(archive, deb)].join('\n'));
      return join(archive, deb);
    },
    source(name, version) {
      const upstream = version.replace(/-[^-]*$/, '');
      write(join(folder, 'src'), `${name}-${upstream}/main.c`, 'int main;\n');
      write(join(folder, 'src'), 'debian/patches/series', '');
      const files = [`${name}_${upstream}.orig.tar.gz`, `${name}_${version}.debian.tar.gz`];
      run(join(folder, 'src'), 'tar', '-czf', join(archive, files[0] ?? ''), `${name}-${upstream}`);
      run(join(folder, 'src'), 'tar', '-czf', join(archive, files[1] ?? ''), 'debian');
      const stanza = ['Format: 3.0 (quilt)', `Version: ${version}`, 'Architecture: any'];
      const dsc = `${name}_${version}.dsc`;
      writeFileSync(join(archive, dsc), [...stanza, `Source: ${name}`, checksums(archive, files), ''].join('\n'));
      const all = checksums(archive, [dsc, ...files]);
      sources.push([`Package: ${name}`, `Binary: ${name}`, ...stanza, 'Directory: .', all].join('\n'));
    },
    publish() {
      writeFileSync(join(archive, 'Packages'), packages.map((stanza) => `${stanza}\n\n`).join(''));
      writeFileSync(join(archive, 'Sources'), sources.map((stanza) => `${stanza}\n\n`).join(''));
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

function sums(archive: string, name: string): string {
  return `Size: ${statSync(join(archive, name)).size}\nSHA256: ${digestFile(join(archive, name))}`;
}

function checksums(archive: string, names: readonly string[]): string {
  const line = (name: string, sum: string): string => ` ${sum} ${statSync(join(archive, name)).size} ${name}`;
  const md5 = (name: string): string => run(archive, 'md5sum', name).split(' ')[0] ?? '';
  return [
    'Files:',
    ...names.map((name) => line(name, md5(name))),
    'Checksums-Sha256:',
    ...names.map((name) => line(name, digestFile(join(archive, name)))),
  ].join('\n');
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function run(folder: string, program: string, ...line: string[]): string {
  return execFileSync(program, line, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
