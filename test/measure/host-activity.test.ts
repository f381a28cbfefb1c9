import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchHost, type ActivitySources } from '../../src/measure/host-activity.js';
import { temporaryFolders } from '../rig/folder.js';
import { knownSamples } from '../rig/vm-summary.js';

const folder = temporaryFolders();
const [boot = expect.fail()] = knownSamples();

/** A host of four processors on two cores, 0 with 2 and 1 with 3; each has `busy`, `idle` and `stolen` hundredths of a second. */
function host(): { sources: ActivitySources; set: (...processors: readonly [number, number, number][]) => void } {
  const base = folder();
  ['0,2', '1,3', '0,2', '1-1,3'].forEach((siblings, cpu) => {
    mkdirSync(join(base, `cpu${cpu}`, 'topology'), { recursive: true });
    writeFileSync(join(base, `cpu${cpu}`, 'topology', 'thread_siblings_list'), `${siblings}\n`);
  });
  const stat = join(base, 'stat');
  const line = (name: string, [busy, idle, stolen]: readonly number[]): string =>
    `${name} ${busy} 0 0 ${idle} 0 0 0 ${stolen} 0 0`;
  const set = (...processors: readonly [number, number, number][]): void => {
    const sum = [0, 1, 2].map((place) => processors.reduce((total, each) => total + (each[place] ?? 0), 0));
    const lines = [line('cpu ', sum), ...processors.map((each, cpu) => line(`cpu${cpu}`, each)), 'intr 1 2 3'];
    writeFileSync(stat, `${lines.join('\n')}\n`);
  };
  set([100, 900, 0], [100, 900, 0], [100, 900, 0], [100, 900, 0]);
  return { sources: { stat, processors: base }, set };
}

test('what other programs had of the processors is told without what the VMs had', () => {
  const { sources, set } = host();
  const end = watchHost(sources);
  // Ten seconds, in which processors 1 and 3 were busy for 6 and 2 of them; the VM had 5.
  set([100, 1900, 0], [700, 1300, 0], [100, 1900, 0], [300, 1700, 0]);
  const found = end([{ ...boot, userNs: '4000000000', sysNs: '1000000000' }], 1);
  expect(found).toMatchObject({ seconds: 10, stolen: 0, siblings: { processors: [3], busy: 0.2 } });
  expect(found?.others).toBeGreaterThan(0.25);
  expect(found?.others).toBeLessThanOrEqual(0.3);
});

test('time that the host above took is told, and boots of an earlier session do not count', () => {
  const { sources, set } = host();
  const end = watchHost(sources);
  set([400, 1600, 400], [100, 1900, 400], [100, 1900, 400], [100, 1900, 400]);
  const earlier = { ...boot, session: 1, userNs: '90000000000' };
  const found = end([earlier, { ...boot, session: 2, userNs: '0', sysNs: '0' }]);
  expect(found?.stolen).toBeGreaterThan(0.25);
  expect(found?.others).toBeGreaterThan(0.1);
  expect(found?.siblings).toBeUndefined();
});

test('a kernel that tells nothing, and this one', () => {
  expect(watchHost({ stat: join(folder(), 'none'), processors: '/none' })([boot])).toBeUndefined();
  const here = watchHost();
  const until = Date.now() + 60;
  while (Date.now() < until) {
    // Something for the kernel to count.
  }
  expect(here([])?.seconds).toBeGreaterThan(0);
});
