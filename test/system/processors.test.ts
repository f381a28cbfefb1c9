import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { bindableProcessors, parseProcessors, processorsText } from '../../src/system/processors.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

/** A machine with the processors 0 to 7, as its kernel tells of it below a folder. */
function machine(groups: string, files: Readonly<Record<string, string>> = {}): readonly number[] | undefined {
  const base = folder();
  for (const [path, text] of Object.entries({ online: '0-7\n', groups, ...files })) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  return bindableProcessors({
    online: join(base, 'online'),
    groups: join(base, 'groups'),
    cgroup: join(base, 'cgroup'),
  });
}

const ALL = [0, 1, 2, 3, 4, 5, 6, 7];

test.each([
  ['no control groups', '', {}, ALL],
  ['a group that says nothing', '0::/user.slice\n', {}, ALL],
  ['its own group', '0::/a/b\n', { 'cgroup/a/b/cpuset.cpus.effective': '2-3,6\n' }, [2, 3, 6]],
  ['the group above', '0::/a/b\n', { 'cgroup/a/cpuset.cpus.effective': '4\n' }, [4]],
  [
    'an empty list, and the group above',
    '0::/a/b\n',
    {
      'cgroup/a/b/cpuset.cpus.effective': '\n',
      'cgroup/a/cpuset.cpus.effective': '5\n',
    },
    [5],
  ],
  [
    'a container that knows the name of its group on the host',
    '0::/docker/abc\n',
    {
      'cgroup/cpuset.cpus.effective': '1,3\n',
    },
    [1, 3],
  ],
  [
    'control groups of the first version',
    '3:cpu,cpuset:/lab\n2:memory:/x\n',
    {
      'cgroup/cpuset/lab/cpuset.effective_cpus': '0-1\n',
      'cgroup/cpuset/cpuset.effective_cpus': '0-7\n',
    },
    [0, 1],
  ],
  [
    'both versions side by side',
    '3:cpuset:/lab\n0::/\n',
    {
      'cgroup/cpuset/lab/cpuset.effective_cpus': '0-3\n',
      'cgroup/unified/cpuset.cpus.effective': '2-7\n',
    },
    [2, 3],
  ],
  ['more than there are', '0::/a\n', { 'cgroup/a/cpuset.cpus.effective': '6-15\n' }, [6, 7]],
] as const)('processors are those that %s lets us have', (_what, groups, files, processors) => {
  expect(machine(groups, files)).toEqual(processors);
});

test('a kernel that tells nothing, and this one', () => {
  const none = join(folder(), 'none');
  expect(bindableProcessors({ online: none, groups: none, cgroup: none })).toBeUndefined();
  expect(bindableProcessors()?.length).toBeGreaterThan(0);
});

test.each([
  ['0', [0]],
  ['0-3,8', [0, 1, 2, 3, 8]],
  ['1,3-4,6', [1, 3, 4, 6]],
  ['', []],
])('a list of the kernel is read, and written as it writes it: "%s"', (text, processors) => {
  expect(parseProcessors(`${text}\n`)).toEqual(processors);
  expect(processorsText(processors)).toBe(text);
});
