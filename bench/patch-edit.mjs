// A changed kernel patch to a new bzImage, against a bare incremental make after the same edit.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootlap, root, scriptKernelTree } from './places.mjs';
import { interleaved, time } from './timing.mjs';

const ROUNDS = 3;

export function patchEdit(folder) {
  const recipe = recipeWithOwnPatch(folder);
  const edited = (round) => `\tpr_info("bench ${process.pid} ${round}\\n");\n`;
  bootlap(folder, ['run', recipe.file, '--until', 'make:kernel']);
  const { ours, theirs } = interleaved(ROUNDS, {
    theirs: (round) => {
      editSource(join(scriptKernelTree(folder), 'init', 'main.c'), edited(round));
      return time('make', ['-C', scriptKernelTree(folder), 'O=build', '-j2', 'bzImage']);
    },
    ours: (round) => {
      recipe.edit(edited(round));
      return bootlap(folder, ['run', recipe.file, '--until', 'make:kernel']);
    },
  });
  return [
    {
      what: 'changed kernel patch to new bzImage',
      ours,
      theirs,
      rival: 'incremental make',
      goal: '1.2x',
      met: ours <= 1.2 * theirs,
    },
  ];
}

/** `stock` with a copy of our patch that has one line more after the write. */
function recipeWithOwnPatch(folder) {
  const shipped = join(root, 'src', 'patches', 'linux', '5.8');
  const original = join(
    shipped,
    readdirSync(shipped)
      .filter((name) => name.endsWith('.patch'))
      .sort()[0],
  );
  const home = join(folder, 'patch-edit');
  mkdirSync(home, { recursive: true });
  const patch = join(home, 'boot.patch');
  copyFileSync(original, patch);
  writeFileSync(join(home, 'mine.yaml'), 'extends: stock\nname: mine\nkernel:\n  patches: [boot.patch]\n');
  const text = readFileSync(original, 'utf8');
  return { file: join(home, 'mine.yaml'), edit: (line) => writeFileSync(patch, withLine(text, line)) };
}

/** Adds a line to the hunk that writes to 0xf6, and counts it in the hunk's header. */
function withLine(patch, line) {
  let header;
  const lines = patch.split('\n').flatMap((text, index, all) => {
    if (text.startsWith('@@')) {
      header = index;
    }
    return text.startsWith('+') && text.includes('outb(') ? [text, `+${line.trimEnd()}`] : [all[index]];
  });
  lines[header] = lines[header].replace(/\+(\d+),(\d+) @@/, (_, start, count) => `+${start},${Number(count) + 1} @@`);
  return lines.join('\n');
}

function editSource(path, line) {
  const text = readFileSync(path, 'utf8').replace(/\tpr_info\("bench [^\n]*\n/, '');
  writeFileSync(path, text.replace(/(\toutb\([^\n]*0xf6[^\n]*\n)/, `$1${line}`));
}
