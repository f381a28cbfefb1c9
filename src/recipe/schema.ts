import { z } from 'zod';
import { build } from './schema/build.js';
import { source } from './schema/source.js';
import { relativePath } from './schema/values.js';

export type {
  Build,
  KernelConfig,
  FetchedConfig,
  KbuildBuild,
  MesonBuild,
  MakeBuild,
  ConfigureBuild,
} from './schema/build.js';
export type {
  Source,
  InstalledSource,
  AptSource,
  AptSourcePackage,
  TarballSource,
  GitSource,
  LocalSource,
  FileSource,
} from './schema/source.js';

/**
 * The recipe's schema: the one declaration from which come the checks, the types and the JSON Schema for editors.
 */

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, 'a duration such as "30s", "500ms" or "2m"')
  .describe('A duration with its unit: "500ms", "30s", "2m".');

const port = z.int().min(0).max(0xffff);

const patches = z
  .array(
    z.union([
      z.string().describe('A patch file, relative to the recipe.'),
      z
        .strictObject({ series: relativePath })
        .describe(
          'A folder below src/patches with one folder a version; the newest that is not newer than the source is taken.',
        ),
      z
        .strictObject({ shipped: relativePath })
        .describe('A patch that ships, below src/patches, whatever the version.'),
    ]),
  )
  .default([])
  .describe('Patches in the order in which they are applied.');

const component = z.strictObject({
  source,
  patches,
  fuzz: z
    .int()
    .min(0)
    .max(3)
    .default(0)
    .describe('Lines of context at an end of a hunk that may differ where a patch is put in; mostly best left at 0.'),
  config: z.string().optional().describe('Of a kernel: which of "configs:" under "build:" is taken.'),
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
    value: z
      .int()
      .min(0)
      .max(127)
      .describe('What the guest writes; with an exit device the VM ends with status value * 2 + 1.'),
    label: z.string().optional().describe('For a person: "firmware starts".'),
    boots: z
      .int()
      .min(1)
      .optional()
      .describe(
        'Boots that end at this point, where they are fewer than measure.boots. A traced boot has every point.',
      ),
  })
  .describe('A write of the guest at a known moment.');

const phase = z
  .strictObject({
    name: z.string().min(1),
    from: z.string().optional().describe('Point at which it begins; without it, the start of the VM.'),
    to: z.string().describe('Point at which it ends.'),
    in: z.string().optional().describe('Name of the phase that it is a part of.'),
    label: z.string().optional(),
  })
  .describe('The time between two points.');

const finePoints = z
  .strictObject({
    before: z.string().describe('Point before which its points come in a boot.'),
    patches,
    points: z.array(point).min(1).describe('In the order in which a boot comes by.'),
    phases: z.array(phase).default([]),
  })
  .describe('What "points: fine" adds to the recipe.');

const kernel = component.extend({
  points: z
    .enum(['coarse', 'fine'])
    .default('coarse')
    .describe('fine: with the patches, points and phases under "fine:".'),
  fine: finePoints.optional(),
});

const byAccelerator = z.union([z.string(), z.strictObject({ kvm: z.string(), tcg: z.string() })]);

const machine = z.strictObject({
  type: byAccelerator.describe('Machine type of the hypervisor, one for all or one for each accelerator.'),
  accel: z.enum(['auto', 'kvm', 'tcg']).default('auto').describe('auto: KVM if a boot gets through with it, else TCG.'),
  cpu: byAccelerator.optional().describe('CPU model.'),
  'cpu-fallbacks': z
    .array(z.string())
    .default([])
    .describe("CPU models to try in turn where the host's KVM refuses what the first one needs."),
  'without-kvm': z
    .string()
    .optional()
    .describe('A recipe that measures the same guest without KVM; named where KVM is required and does not serve.'),
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

const matrix = z
  .strictObject({
    type: z.array(z.string().min(1)).min(1).optional().describe('Machine types.'),
    memory: z.array(z.int().min(16)).min(1).optional().describe('MiB.'),
    cpus: z.array(z.int().min(1).max(1024)).min(1).optional(),
    append: z.array(z.string()).min(1).optional().describe('Kernel command lines.'),
  })
  .describe('Values of "machine": every combination is measured, interleaved with the others; the first is the base.');

const cpu = z.int().min(0).max(4095);

const pin = z
  .strictObject({
    vm: cpu.optional().describe('The one that the VM runs on, with all its threads.'),
    stopwatch: cpu.optional().describe('The one that the stopwatch runs on; best another core.'),
  })
  .describe('Logical processors of the host (as in /proc/cpuinfo) to which processes are bound.');

const measure = z.strictObject({
  method: z
    .enum(['auto', 'exit', 'trace', 'both'])
    .default('auto')
    .describe(
      'exit: a boot ends at one point; trace: a boot shows all points (needs a machine with an ISA bus); both: the two interleaved; auto: trace where a boot comes through with it, else exit.',
    ),
  boots: z.int().min(1).default(20).describe('Boots for each point, where neither "for" nor "until" says how many.'),
  for: duration.optional().describe('Boot for about this long, instead of a number of boots.'),
  until: z
    .string()
    .regex(/^\d+(\.\d+)?%$/, 'a share such as "1%" or "0.5%"')
    .optional()
    .describe(
      'Boot until the 95 % interval of the median of the last point is narrower than this share of it, instead of a number of boots.',
    ),
  'max-boots': z.int().min(1).default(1000).describe('Boots for each point at which "for" and "until" give up.'),
  warmup: z.int().min(0).default(2).describe('Boots for each point before those that count; kept apart.'),
  timeout: duration.default('30s').describe('After this a boot counts as hung.'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('Of the shuffle that interleaves the boots.'),
  'max-failed': z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Share of failed boots above which the figures are not valid.'),
  pin: pin.optional(),
  realtime: z
    .int()
    .min(1)
    .max(99)
    .optional()
    .describe('SCHED_FIFO priority of the stopwatch, where this user may set one; the VM keeps an ordinary one.'),
  tune: z
    .boolean()
    .default(false)
    .describe('Set governor and turbo, as far as permitted, for the time of the boots, and boot without ASLR.'),
});

const remoteCache = z
  .strictObject({
    url: z.string().describe('Its address, https:// or oci://, without credentials.'),
    mode: z.enum(['read', 'write', 'readwrite']).optional().describe('Without it, what the keys allow.'),
    trust: z.array(z.string()).default([]).describe('Files with the public keys of those who write to it.'),
  })
  .describe('Where results are shared with other machines; the command line and the environment come first.');

/** The schema of a whole recipe after `extends` and `--set` are worked in. */
export const recipeSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name of lower-case letters, digits, ".", "_" and "-"'),
    description: z.string().default(''),
    hypervisor: component,
    firmware: component,
    kernel,
    init: z
      .enum(['builtin', 'none'])
      .default('none')
      .describe(
        'builtin: the VM gets an initial RAM disk with an init of ours, which writes 1 to port 0xf7 and no more.',
      ),
    machine,
    matrix: matrix.optional(),
    points: z.array(point).min(1).max(64),
    phases: z.array(phase).min(1),
    measure,
    'remote-cache': remoteCache.optional(),
  })
  .describe('A bootlap recipe.');

/** A resolved recipe: every default filled in, every path in `files` made absolute by the loader. */
export type Recipe = z.output<typeof recipeSchema>;
/** How the hypervisor, the firmware or the kernel is had. */
export type RecipeComponent = z.output<typeof component>;
/** A patch file (absolute path), or a patch or a series below `src/patches`. */
export type PatchEntry = z.output<typeof patches>[number];
/** A write of the guest at a known moment. */
export type Point = z.output<typeof point>;
/** The time between two points. */
export type Phase = z.output<typeof phase>;
/** The VM that is booted. */
export type Machine = z.output<typeof machine>;
/** How often and how it is booted. */
export type Measure = z.output<typeof measure>;
