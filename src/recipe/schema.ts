import { z } from 'zod';

/**
 * The recipe's schema: the one declaration from which come the checks, the types and the JSON Schema for editors.
 */

const relativePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), {
    message: 'a relative path that stays inside the tree',
  });

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, 'a duration such as "30s", "500ms" or "2m"')
  .describe('A duration with its unit: "500ms", "30s", "2m".');

const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 hexadecimal digits')
  .describe('SHA-256, 64 lower-case hexadecimal digits.');

const gitId = z.string().regex(/^[0-9a-f]{40}$/, 'a git object name of 40 hexadecimal digits');

const port = z.int().min(0).max(0xffff);

const installedSource = z
  .strictObject({
    installed: z.string().describe('Name of the program, looked up on the PATH.'),
    package: z.string().optional().describe('The distribution package that it belongs to.'),
  })
  .describe('What is installed on this machine.');

const aptSource = z
  .strictObject({
    apt: z
      .string()
      .describe('Binary package that carries a source archive; a meta package such as linux-source is followed.'),
    version: z.string().optional().describe('Exact version; without it, the newest at first use, then held.'),
    member: z.string().describe('The archive inside the package; may hold one "*".'),
  })
  .describe('A source archive in a binary package of the distribution.');

const aptSourcePackage = z
  .strictObject({
    'apt-source': z.string().describe('Source package of the distribution.'),
    version: z.string().optional().describe('Exact version; without it, the newest at first use, then held.'),
    folder: relativePath.optional().describe('The folder of the source that is wanted, when not all of it.'),
  })
  .describe("A source package of the distribution, with the distribution's own patches.");

const tarballSource = z
  .strictObject({
    url: z.string().describe('Where the archive is: https, http or file.'),
    sha256: digest,
    mirrors: z.array(z.string()).default([]).describe('Further addresses of the same bytes, tried in turn.'),
    folder: relativePath.optional().describe('The folder of the archive that is wanted, when not all of it.'),
  })
  .describe('An archive, pinned by its digest.');

const gitSource = z
  .strictObject({
    git: z.string().describe('Address of the repository: https, ssh or file.'),
    branch: z.string().describe('Branch or tag that the commit was found on.'),
    commit: gitId.optional().describe('The commit; without it, the tip of the branch at first use, then held.'),
    tree: gitId.optional().describe("The commit's tree, checked after the fetch."),
    mirrors: z.array(z.string()).default([]).describe('Further addresses of the same repository, tried in turn.'),
    submodules: z
      .record(z.string(), z.strictObject({ git: z.string(), commit: gitId, mirrors: z.array(z.string()).default([]) }))
      .default({})
      .describe('Path -> where the submodule lives today. Those not named are left out.'),
  })
  .describe('A git repository at one commit, without history.');

const localSource = z
  .strictObject({
    local: z.string().describe('A git working tree on this machine, built with its uncommitted changes.'),
  })
  .describe('A local working tree; `--with COMPONENT=PATH` sets this.');

const source = z.union([installedSource, aptSource, aptSourcePackage, tarballSource, gitSource, localSource]);

const patches = z
  .array(
    z.union([
      z.string().describe('A patch file, relative to the recipe.'),
      z
        .strictObject({ series: relativePath })
        .describe(
          'A folder below src/patches with one folder a version; the newest that is not newer than the source is taken.',
        ),
    ]),
  )
  .default([])
  .describe('Patches in the order in which they are applied.');

/** Targets that ask a person, or read the host's own configuration, or the one that was there before. */
const HOST_OR_HISTORY = /^(old|olddef|local(mod|yes)|sync|menu|n|x|g|rand)config$/;

const kbuild = z
  .strictObject({
    system: z.literal('kbuild'),
    config: z.strictObject({
      base: z
        .string()
        .refine((base) => base.includes('/') || !HOST_OR_HISTORY.test(base), {
          message: 'a target that starts from the source alone, such as "tinyconfig" or "defconfig", or a file',
        })
        .default('tinyconfig')
        .describe('A make target such as tinyconfig or defconfig, or a .config file.'),
      fragments: z
        .array(z.string())
        .default([])
        .describe('Files merged over the base, relative to the recipe or to configs/.'),
    }),
    targets: z.array(z.string()).default(['bzImage']),
    variables: z.record(z.string(), z.string()).default({}).describe('Variables for make, such as LLVM: "1".'),
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
  })
  .describe('A plain Makefile, run inside the tree.');

const configureMake = z
  .strictObject({
    system: z.literal('configure'),
    options: z.array(z.string()).default([]).describe('Arguments of ./configure, which is run in a build folder.'),
    targets: z.array(z.string()).default([]),
    variables: z.record(z.string(), z.string()).default({}),
  })
  .describe('./configure, then make, in a build folder of its own.');

const build = z.discriminatedUnion('system', [kbuild, meson, make, configureMake]);

const component = z.strictObject({
  source,
  patches,
  build: build.optional().describe('How it is built; not for what is installed.'),
  outputs: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name of lower-case letters, digits and "-"'), relativePath)
    .default({})
    .describe(
      'Output name -> file or folder (with "/" at its end) in the build folder (with "make": in the tree). "image" is what is booted.',
    ),
  requires: z
    .array(z.string())
    .default([])
    .describe('Programs that the build needs besides those of its build system.'),
});

const point = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name of lower-case letters, digits and "-"'),
    port,
    value: z.int().min(0).max(127).describe('What the guest writes; the VM ends with status value * 2 + 1.'),
    label: z.string().optional().describe('For a person: "firmware starts".'),
  })
  .describe('A write of the guest at a known moment.');

const phase = z
  .strictObject({
    name: z.string().min(1),
    from: z.string().optional().describe('Point at which it begins; without it, the start of the VM.'),
    to: z.string().describe('Point at which it ends.'),
    label: z.string().optional(),
  })
  .describe('The time between two points.');

const byAccelerator = z.union([z.string(), z.strictObject({ kvm: z.string(), tcg: z.string() })]);

const machine = z.strictObject({
  type: byAccelerator.describe('Machine type of the hypervisor, one for all or one for each accelerator.'),
  accel: z.enum(['auto', 'kvm', 'tcg']).default('auto').describe('auto: KVM if a boot gets through with it, else TCG.'),
  cpu: byAccelerator.optional().describe('CPU model.'),
  memory: z.int().min(16).default(512).describe('MiB.'),
  cpus: z.int().min(1).max(1024).default(1),
  append: z.string().default('').describe('Kernel command line.'),
  'exit-device': z.enum(['isa-debug-exit', 'sysbus-debugexit']).default('isa-debug-exit'),
  'exit-iosize': z
    .int()
    .min(1)
    .max(8)
    .default(1)
    .describe('Width of the exit device in ports. More than 1 catches the neighbours.'),
  arguments: z.array(z.string()).default([]).describe('Further arguments of the hypervisor.'),
});

const measure = z.strictObject({
  method: z.enum(['exit']).default('exit'),
  boots: z.int().min(1).default(20).describe('Boots for each point.'),
  warmup: z.int().min(0).default(2).describe('Boots for each point before those that count; kept apart.'),
  timeout: duration.default('30s').describe('After this a boot counts as hung.'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('Of the shuffle that interleaves the boots.'),
  'max-failed': z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Share of failed boots above which the figures are not valid.'),
});

/** The schema of a whole recipe after `extends` and `--set` are worked in. */
export const recipeSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name of lower-case letters, digits, ".", "_" and "-"'),
    description: z.string().default(''),
    hypervisor: component,
    firmware: component,
    kernel: component,
    machine,
    points: z.array(point).min(1),
    phases: z.array(phase).min(1),
    measure,
  })
  .describe('A bootlap recipe.');

/** A resolved recipe: every default filled in, every path in `files` made absolute by the loader. */
export type Recipe = z.output<typeof recipeSchema>;
/** How the hypervisor, the firmware or the kernel is had. */
export type RecipeComponent = z.output<typeof component>;
/** Where a component comes from, told apart by its first key. */
export type Source = z.output<typeof source>;
/** What is installed on this machine. */
export type InstalledSource = z.output<typeof installedSource>;
/** A source archive in a binary package of the distribution. */
export type AptSource = z.output<typeof aptSource>;
/** A source package of the distribution. */
export type AptSourcePackage = z.output<typeof aptSourcePackage>;
/** An archive, pinned by its digest. */
export type TarballSource = z.output<typeof tarballSource>;
/** A git repository at one commit. */
export type GitSource = z.output<typeof gitSource>;
/** A local working tree. */
export type LocalSource = z.output<typeof localSource>;
/** A patch file (absolute path), or a series below `src/patches`. */
export type PatchEntry = z.output<typeof patches>[number];
/** How a component is built, told apart by `system`. */
export type Build = z.output<typeof build>;
/** The build of a Linux kernel. */
export type KbuildBuild = z.output<typeof kbuild>;
/** A build with meson and ninja. */
export type MesonBuild = z.output<typeof meson>;
/** A build with a plain Makefile. */
export type MakeBuild = z.output<typeof make>;
/** A build with `./configure` and make. */
export type ConfigureBuild = z.output<typeof configureMake>;
/** A write of the guest at a known moment. */
export type Point = z.output<typeof point>;
/** The time between two points. */
export type Phase = z.output<typeof phase>;
/** The VM that is booted. */
export type Machine = z.output<typeof machine>;
/** How often and how it is booted. */
export type Measure = z.output<typeof measure>;
