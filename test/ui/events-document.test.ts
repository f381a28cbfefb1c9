import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitStatusOf } from '../../src/core/exit-status.js';
import { packageFolder } from '../../src/system/environment.js';
import { EVENTS } from './recorded-run.js';
import { SAMPLE_FAILURES } from './sample-failures.js';

const document = readFileSync(join(packageFolder, 'docs', 'events.md'), 'utf8');

test('docs/events.md lists every failure reason beside its exit status', () => {
  for (const failure of Object.values(SAMPLE_FAILURES)) {
    const row = document.split('\n').find((line) => line.startsWith(`| ${exitStatusOf(failure)}, `));
    expect(row).toContain(`\`${failure.reason}\``);
  }
});

test('docs/events.md lists every event with its keys', () => {
  for (const event of EVENTS) {
    const row = document.split('\n').find((line) => new RegExp(`^\\| \`${event.event}\` +\\|`).test(line)) ?? '';
    for (const key of Object.keys(event).filter((name) => name !== 'event')) {
      expect(row, `${event.event}.${key}`).toContain(`\`${key}\``);
    }
  }
});
