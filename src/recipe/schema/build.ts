import { z } from 'zod';
import { digest } from './values.js';

/** How a component is built. */

/** Targets that ask a person, or read the host's own configuration, or the one that was there before. */
const HOST_OR_HISTORY = /^(old|olddef|local(mod|yes)|sync|menu|n|x|g|rand)config$/;

const makeTarget = z.string().refine((base) => base.includes('/') || !HOST_OR_HISTORY.test(base), {
  message: 'a target that starts from the source alone, such as "tinyconfig" or "defconfig", or a file',
});

const fetchedConfig = z
  .strictObject({
    url: z.string().describe('Where the .config is: https, http (with its digest) or file.'),
    sha256: digest.optional(),
    mirrors: z.array(z.string()).default([]).describe('Further addresses of the same bytes, tried in turn.'),
  })
  .describe('A .config at an address. Without its digest, that of the first use is held, in bootlap.lock.');

const kernelConfig = z.strictObject({
  base: z
    .union([makeTarget, fetchedConfig])
    .default('tinyconfig')
    .describe('A make target such as tinyconfig or defconfig, a .config file, or the address of one.'),
  fragments: z
    .array(z.string())
    .default([])
    .describe('Files merged over the base, relative to the recipe or to configs/.'),
});

const ccOptions = z
  .array(z.string().regex(/^-[^\s]+$/, 'an option of the compiler, such as "-fno-pie"'))
  .default([])
  .describe('Options for the C compiler; one that it does not know is left away.');

const kbuild = z
  .strictObject({
    system: z.literal('kbuild'),
    config: kernelConfig.prefault({}),
    configs: z
      .record(z.string(), kernelConfig)
      .default({})
      .describe('Configurations to choose from, by name, with "config:" of the component.'),
    targets: z.array(z.string()).default(['bzImage']),
    variables: z.record(z.string(), z.string()).default({}).describe('Variables for make, such as LLVM: "1".'),
    'cc-options': ccOptions,
  })
  .describe('The Linux kernel.');

const meson = z
  .strictObject({
    system: z.literal('meson'),
    options: z.array(z.string()).default([]).describe('Further arguments of meson setup.'),
    cflags: z.array(z.string()).default([]),
    targets: z.array(z.string()).default([]),
  })
  .describe('meson and ninja.');

const make = z
  .strictObject({
    system: z.literal('make'),
    targets: z.array(z.string()).default([]),
    variables: z.record(z.string(), z.string()).default({}),
    'cc-options': ccOptions,
  })
  .describe('A plain Makefile, run inside the tree.');

const configureMake = z
  .strictObject({
    system: z.literal('configure'),
    options: z.array(z.string()).default([]).describe('Arguments of ./configure, which is run in a build folder.'),
    targets: z.array(z.string()).default([]),
    variables: z.record(z.string(), z.string()).default({}),
    'cc-options': ccOptions,
  })
  .describe('./configure, then make, in a build folder of its own.');

/** One of the build systems, told apart by `system`. */
export const build = z.discriminatedUnion('system', [kbuild, meson, make, configureMake]);

/** How a component is built, told apart by `system`. */
export type Build = z.output<typeof build>;
/** What a kernel's `.config` is made from. */
export type KernelConfig = z.output<typeof kernelConfig>;
/** A `.config` at an address. */
export type FetchedConfig = z.output<typeof fetchedConfig>;
/** The build of a Linux kernel. */
export type KbuildBuild = z.output<typeof kbuild>;
/** A build with meson and ninja. */
export type MesonBuild = z.output<typeof meson>;
/** A build with a plain Makefile. */
export type MakeBuild = z.output<typeof make>;
/** A build with `./configure` and make. */
export type ConfigureBuild = z.output<typeof configureMake>;
