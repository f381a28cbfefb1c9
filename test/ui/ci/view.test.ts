import { expect, test } from 'vitest';
import { openCiView } from '../../../src/ui/ci/view.js';
import { plainPaint } from '../../../src/ui/paint.js';
import type { CiChannel } from '../../../src/ui/terminal.js';

test('a warning that the steps of both sides of a comparison give is marked once in a job', () => {
  const written: string[] = [];
  const ci: CiChannel = { service: 'github', write: (text) => written.push(text) };
  const terminal = { paint: plainPaint, interactive: false, columns: () => 120, write: () => undefined, ci };
  for (const text of ['KVM does not serve here', 'KVM does not serve here', 'another']) {
    const view = openCiView({ terminal, steps: [], json: false, verbose: false, now: Date.now }, ci);
    view.sink({ event: 'notice', step: 'probe', level: 'warning', text });
  }
  expect(written).toEqual(['::warning title=probe::KVM does not serve here\n', '::warning title=probe::another\n']);
});
