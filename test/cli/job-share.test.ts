import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeSweepKeys, sweepShare } from '../../src/commands/sweep/job-share.js';
import type { Step } from '../../src/core/step.js';
import { temporaryFolders } from '../rig/folder.js';
import { startObjectServer, type ObjectServer } from '../rig/object-server.js';
import { run } from '../rig/pipeline.js';
import { keyPair, sharedStep } from '../rig/share.js';

const folder = temporaryFolders();
let server: ObjectServer;

beforeEach(async () => {
  server = await startObjectServer();
  vi.stubEnv('XDG_CONFIG_HOME', folder());
  vi.stubEnv('GITHUB_ACTIONS', undefined);
  vi.stubEnv('GITLAB_CI', undefined);
  vi.stubEnv('BOOTLAP_REMOTE_CACHE', server.address);
  vi.stubEnv('BOOTLAP_REMOTE_CACHE_KEY', keyPair(folder()).privateFile);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

test('what holds compilations of others goes to the jobs of the sweep, and not under our key to everybody', async () => {
  const [sweepFolder, workspace] = [folder(), folder()];
  expect(makeSweepKeys(sweepFolder).ok).toBe(true);
  const share = await sweepShare({ sweepFolder, workspace, memory: folder() });
  if (!share.ok) {
    throw new Error(JSON.stringify(share.failure));
  }
  const plain = sharedStep({ name: 'make:firmware' });
  const mixed: Step = {
    ...sharedStep({ name: 'make:kernel' }),
    run: (context) => {
      context.holdsOthers();
      return plain.run(context);
    },
  };
  const done = await run({ workspace, steps: [mixed, plain], share: share.value });
  expect(done.failures).toEqual([]);
  expect([...server.objects.keys()].filter((path) => path.startsWith('/ac/'))).toHaveLength(1);
});
