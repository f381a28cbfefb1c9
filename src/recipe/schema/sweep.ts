import { z } from 'zod';

const component = z.strictObject({
  hypervisor: z.string().min(1).optional(),
  firmware: z.string().min(1).optional(),
  kernel: z.string().min(1).optional(),
});

const values = z.record(z.string().min(1), z.unknown());

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
  executor: z.enum(['local']).default('local'),
  retries: z.int().min(0).max(10).default(1).describe('How often a build or a cell that failed is tried again.'),
  together: z.int().min(2).max(64).default(64).describe('How many cells are booted in turn, the base among them.'),
});
