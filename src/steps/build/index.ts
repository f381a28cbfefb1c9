import type { Build } from '../../recipe/schema.js';
import { configure } from './configure.js';
import { kbuild } from './kbuild.js';
import { make } from './make.js';
import { meson } from './meson.js';
import type { BuildSystem } from './system.js';

const SYSTEMS: { readonly [S in Build['system']]: BuildSystem<Extract<Build, { system: S }>> } = {
  kbuild,
  meson,
  make,
  configure,
};

/** The build system of a recipe's `build`. */
export function buildSystem(build: Build): BuildSystem {
  return SYSTEMS[build.system];
}
