import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootlap } from './cli.js';
import { makeTinyProject } from './tiny-project.js';
import { fakeBzImage, offeringHypervisor, QEMU_HELP } from './vm-offer.js';

/** A recipe of which all is made in no time: a hypervisor of known truth, a firmware from git, a finished kernel. */
export function makeBundleProject(folder: string): { recipe: string } {
  offeringHypervisor(join(folder, 'vm'), QEMU_HELP);
  fakeBzImage(folder);
  mkdirSync(join(folder, 'project'));
  makeTinyProject(join(folder, 'project'));
  const patch = join(folder, 'version.patch');
  writeFileSync(patch, '--- a/version.txt\n+++ b/version.txt\n@@ -1 +1 @@\n-1\n+2\n');
  const recipe = join(folder, 'tiny.yaml');
  writeFileSync(
    recipe,
    `name: tiny
hypervisor: { source: { file: ./vm/qemu-system-x86_64_virt } }
firmware:
  source: { git: "file://${join(folder, 'project', 'repository')}", branch: main }
  patches: [./version.patch]
  build: { system: make, targets: [all] }
  outputs: { image: bios.bin }
kernel: { source: { file: ./bzImage } }
init: builtin
machine: { type: pc, accel: tcg, memory: 64 }
points:
  - { name: firmware, port: 0xf5, value: 1 }
  - { name: kernel, port: 0xf4, value: 3 }
phases:
  - { name: tQEMU, to: firmware }
  - { name: tFW, from: firmware, to: kernel }
measure: { method: exit, boots: 3, warmup: 0, timeout: 5s }
`,
  );
  return { recipe };
}

/** Makes a bundle of it in a workspace of its own; gives the archive's path. */
export async function makeBundle(folder: string, workspace: string, words: readonly string[] = []): Promise<string> {
  const out = join(folder, `out-${workspace.replaceAll('/', '-')}`);
  mkdirSync(out, { recursive: true });
  const place = ['--workspace', join(folder, workspace), '--out', out];
  const called = await bootlap(['bundle', './tiny.yaml', ...place, ...words], { folder });
  if (called.status !== 0) {
    throw new Error(`${called.stdout}\n${called.stderr}`);
  }
  return join(out, readdirSync(out)[0] ?? '');
}

/** Unpacks an archive with the system's tar; gives the top folder. */
export function unpackBundle(archive: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  return join(folder, readdirSync(folder)[0] ?? '');
}
