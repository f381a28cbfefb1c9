import { z } from 'zod';

const component = z.strictObject({
  hypervisor: z.string().min(1).optional(),
  firmware: z.string().min(1).optional(),
  kernel: z.string().min(1).optional(),
});

const values = z.record(z.string().min(1), z.unknown());

/** A word of a command line: no control characters, which some shell or log on the way would take for something else. */
const word = z
  .string()
  .min(1)
  // eslint-disable-next-line no-control-regex -- they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'a word without control characters');

/** Names a program would take for an option, or a shell for more than a name, are none. */
const host = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
    'a host as ssh knows it, such as "node1" or "user@node1"; ports and keys belong into ssh\'s own configuration',
  );

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable');

const absolute = z.string().regex(/^\//, 'an absolute path');

const hosts = z.strictObject({
  workspace: absolute
    .default('/var/tmp/bootlap')
    .describe("Where jobs keep what they make, on each host's own disk. The name of the host is appended."),
  bootlap: z
    .array(word)
    .min(1)
    .optional()
    .describe('How bootlap is called there; without it as here, by the same paths.'),
  results: z
    .enum(['folder', 'cache'])
    .default('folder')
    .describe("How results come back: by the sweep's folder, which all hosts see, or by the shared cache."),
  environment: z.array(variable).default([]).describe('Variables that jobs get besides BOOTLAP_*.'),
});

/** What Slurm takes by name. */
const slurmName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.,+-]*$/, 'a name as Slurm has them');

/** What may stand as a plain number, too: minutes, or MiB. */
function plainOr(pattern: RegExp, what: string): z.ZodUnion<[z.ZodString, z.ZodInt]> {
  return z.union([z.string().regex(pattern, what), z.int().min(1)]);
}

const slurmKeys = {
  partition: slurmName.optional(),
  account: slurmName.optional(),
  qos: slurmName.optional(),
  constraint: z
    .string()
    .regex(/^[A-Za-z0-9_[(][A-Za-z0-9_.,&|*()[\]-]*$/, 'features as --constraint takes them')
    .optional(),
  time: plainOr(/^(?:\d+-)?\d+(?::\d+){0,2}$/, 'a time as Slurm has it, such as 30, 1:30:00 or 2-12').optional(),
  exclusive: z.boolean().optional().describe('Whether nobody else is on the node; default: for measurements.'),
  cpus: z.int().min(1).optional().describe('Processors of a build (--cpus-per-task).'),
  memory: plainOr(/^\d+[KMGT]?$/, 'a size as Slurm has it, such as 4G').optional(),
  options: z
    .array(word.regex(/^--[a-z][a-z-]*(?:=.*)?$/, 'an option of sbatch in one word, such as "--nice=100"'))
    .optional(),
};

const slurm = z.strictObject({
  ...slurmKeys,
  build: z.strictObject(slurmKeys).default({}).describe('What holds for builds alone.'),
  measure: z.strictObject(slurmKeys).default({}).describe('What holds for measurements alone.'),
  'at-once': z.int().min(1).optional().describe('How many jobs of an array run at once at most.'),
});

const ssh = z.strictObject({
  hosts: z.array(host).min(1),
  options: z
    .array(word.regex(/^[A-Za-z]+=[^{}\s][^{}]*$/, 'an option as "ssh -o" takes it, such as "Port=2222"'))
    .default([])
    .describe('Options of ssh.'),
  config: word
    .regex(/^[^-{}][^{}]*$/, "the path of a configuration of ssh's")
    .optional()
    .describe("A configuration of ssh's instead of ~/.ssh/config, relative to this file."),
});

/** The schema of a sweep's file. The keys of "matrix", "include" and "exclude" are told apart when cells are made. */
export const sweepSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name of lower-case letters, digits, ".", "_" and "-"')
    .optional(),
  description: z.string().default(''),
  recipe: z.string().min(1).default('stock').describe('A recipe that ships, or the path of a file.'),
  set: values.default({}).describe('Values of the recipe that all cells have: "measure.boots: 50".'),
  with: component.default({}).describe('Working trees that all cells are built from.'),
  matrix: z.record(z.string().min(1), z.array(z.unknown()).min(1)).default({}),
  include: z.array(values).default([]),
  exclude: z.array(values).default([]),
  executor: z
    .enum(['local', 'slurm', 'ssh'])
    .default('local')
    .describe('Who carries jobs out: this machine, Slurm, or a handful of hosts by ssh.'),
  hosts: hosts.prefault({}).describe('The hosts of "slurm" and "ssh".'),
  slurm: slurm.prefault({}),
  ssh: ssh.optional(),
  retries: z.int().min(0).max(10).default(1).describe('How often a build or a cell that failed is tried again.'),
  together: z.int().min(2).max(64).default(64).describe('How many cells are booted in turn, the base among them.'),
});

/** A sweep's file as it was checked. */
export type SweepSettings = z.output<typeof sweepSchema>;
/** What is asked of Slurm for a job. */
export type SlurmKeys = SweepSettings['slurm']['build'];
