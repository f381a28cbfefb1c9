import { z } from 'zod';
import { digest, relativePath } from './values.js';

/** Where a component comes from. */

const gitId = z.string().regex(/^[0-9a-f]{40}$/, 'a git object name of 40 hexadecimal digits');

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

const fileSource = z
  .strictObject({
    file: z.string().describe('A finished file: an emulator, a firmware image, a bzImage. Nothing is built.'),
  })
  .describe('A finished file of this machine, booted where it lies.');

/** One of the kinds of source, told apart by its first key. */
export const source = z.union([
  installedSource,
  aptSource,
  aptSourcePackage,
  tarballSource,
  gitSource,
  localSource,
  fileSource,
]);

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
/** A finished file of this machine. */
export type FileSource = z.output<typeof fileSource>;
