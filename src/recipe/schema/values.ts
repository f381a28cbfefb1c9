import { z } from 'zod';

/** Forms of values that several parts of the recipe's schema have. */

/** A path that cannot lead out of the tree that it is meant in. */
export const relativePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), {
    message: 'a relative path that stays inside the tree',
  });

/** SHA-256 of a file. */
export const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 hexadecimal digits')
  .describe('SHA-256, 64 lower-case hexadecimal digits.');
