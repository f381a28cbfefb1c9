import { z } from 'zod';

const remoteCache = z
  .strictObject({
    url: z.string().min(1).describe('Its address, https:// or oci://, without credentials.'),
    mode: z.enum(['read', 'write', 'readwrite']).optional().describe('Without it, what the keys allow.'),
    trust: z.array(z.string().min(1)).default([]).describe('Files with the public keys of those who write to it.'),
    key: z.string().min(1).optional().describe('File with the private key that signs what is shared.'),
    insecure: z.boolean().default(false).describe('Allows http:// to another machine.'),
  })
  .describe('Where results are shared with other machines.');

/** The schema of a user's own configuration. Paths are absolute, or begin at the file's folder. */
export const userConfigSchema = z.strictObject({
  'remote-cache': remoteCache.optional(),
  ccache: z.enum(['on', 'local', 'off']).optional().describe('local: with nothing of other machines.'),
});

/** What a user has set for all runs on a machine, with absolute paths. */
export type UserConfig = z.output<typeof userConfigSchema>;
