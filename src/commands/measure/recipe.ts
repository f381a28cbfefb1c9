import type { Point, Recipe } from '../../recipe/schema.js';
import { phasesOf } from './exits.js';
import type { Picked } from './pick.js';
import type { Wish } from './wish.js';

/** The recipe's name, by which its outputs lie in the workspace. */
const NAME = 'measure';

/** What `bootlap measure` boots, as a recipe of finished files. */
export async function handmadeRecipe(wish: Wish, picked: Picked, points: readonly Point[]): Promise<Recipe> {
  const { recipeSchema } = await import('../../recipe/schema.js');
  const { hypervisor, firmware, kernel } = wish.files;
  const { boots, warmup, seed, timeout, method, scheduling, stop } = wish;
  return recipeSchema.parse({
    name: NAME,
    description: 'A hypervisor, a firmware and a kernel that were built by hand.',
    hypervisor: { source: { file: hypervisor } },
    firmware: { source: { file: firmware } },
    kernel: { source: { file: kernel } },
    machine: machineOf(wish, picked),
    points,
    phases: phasesOf(points),
    measure: { method, boots, warmup, seed, timeout, ...stop, ...scheduling },
  });
}

function machineOf({ memory, cpus, append, further }: Wish, picked: Picked): object {
  return {
    type: picked.type,
    accel: picked.accel,
    cpu: picked.cpu,
    'cpu-fallbacks': picked.cpuFallbacks,
    memory,
    cpus,
    append,
    'exit-device': picked.exitDevice,
    arguments: further,
  };
}
