import { expect, test } from 'vitest';
import type { CommandFailed } from '../../../src/core/failures/build.js';
import { explainFailure } from '../../../src/ui/failure-text/index.js';

const failure: CommandFailed = { reason: 'command-failed', command: ['make'], folder: '/w', status: 2, lastLines: [] };
const hint = (more: Partial<CommandFailed>) => explainFailure({ ...failure, ...more }).hint;

test('a build that an option of the compiler cures names the line for the recipe', () => {
  const pie = hint({ remedy: { kind: 'position-independent', key: 'cc-options', add: ['-fno-pie', '-no-pie'] } });
  expect(pie).toContain('position-independent');
  expect(pie).toContain('cc-options: [-fno-pie, -no-pie]');
  const strict = hint({
    remedy: { kind: 'warnings-as-errors', key: 'cflags', add: ['-Wno-error'], orArgument: '--disable-werror' },
  });
  expect(strict).toContain('cflags: [-Wno-error]');
  expect(strict).toContain('--disable-werror');
});

test('a ./configure that refuses is told apart from a build that fails, because nothing is to be corrected in the source', () => {
  expect(hint({ command: ['../configure', '--enable-kvm'] })).toMatch(/install what it asks for.*"options:"/);
  expect(hint({})).not.toContain('"options:"');
});
