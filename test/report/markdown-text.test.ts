import { expect, test } from 'vitest';
import { markdownReport } from '../../src/report/markdown.js';
import { markdownText } from '../../src/report/markdown-text.js';
import { summarise } from '../../src/report/summary.js';
import { samplesOf } from '../rig/measured.js';
import { guestRecipe } from '../rig/vm-step.js';
import { knownRecord } from '../rig/vm-summary.js';

test.each([
  ['a <script>alert(1)</script>', 'a \\<script>alert(1)\\</script>'],
  ['**bold** and `code`', '\\*\\*bold\\*\\* and \\`code\\`'],
  ['[here](https://there.example)', '\\[here\\](https://there.example)'],
  ['_slanted_ but x86_64 as it is', '\\_slanted\\_ but x86_64 as it is'],
  ['> 3 % is no quotation', '\\> 3 % is no quotation'],
  ['tKernel > +3%', 'tKernel > +3%'],
  ['# no heading', '\\# no heading'],
  ['1. no list', '1\\. no list'],
  ['two\nlines', 'two lines'],
  ['&lt; is not <', '\\&lt; is not \\<'],
  ['a | b', 'a | b'],
  ['by @somebody', 'by @<!-- -->somebody'],
  ['Xeon @ 2.00GHz, 7.5 %, pc-i440fx', 'Xeon @ 2.00GHz, 7.5 %, pc-i440fx'],
])('%s is shown as it is written', (text, markdown) => {
  expect(markdownText(text)).toBe(markdown);
});

test('a host cannot put Markdown of its own into report.md', () => {
  const known = knownRecord('trace');
  const record = { ...known, host: { ...known.host, cpu: '[here](//there)' } };
  const summary = summarise(guestRecipe(), record, samplesOf({}));
  const text = markdownReport({ summary, plan: record.plan });
  expect(text).toContain('| cpu | \\[here\\](//there) |');
});

test('a command line with a fence in it stays in its block', () => {
  const known = knownRecord('trace');
  const summary = summarise(guestRecipe(), { ...known, append: 'quiet\n```\n# free' }, samplesOf({}));
  const text = markdownReport({ summary, plan: known.plan });
  expect(text).toMatch(/````sh\n[^]*# free[^]*\n````/);
});

test('a recipe cannot put Markdown or HTML of its own into report.md', () => {
  const hostile = '<img src=x> | **x**\n# [y](z)';
  const plain = guestRecipe();
  const recipe = {
    ...plain,
    description: hostile,
    points: plain.points.map((point) => ({ ...point, label: `${hostile} ${point.name}` })),
    phases: plain.phases.map((phase) => ({ ...phase, label: `${hostile} ${phase.name}` })),
  };
  const record = { ...knownRecord('trace'), append: `quiet ${hostile}` };
  const summary = summarise(recipe, record, samplesOf({ boots: 4 }));
  const report = markdownReport({ summary, plan: record.plan, timeout: '30s' });
  const prose = report.replace(/```sh[\s\S]*?```/, '');
  expect(prose).toContain('\\<img src=x>');
  expect(prose).not.toMatch(/(?<!\\)<img/);
  expect(prose).not.toMatch(/(?<!\\)\[y/);
  expect(prose).not.toMatch(/\*\*x\*\*/);
  expect(prose.match(/^# /gm)).toHaveLength(1);
  // The command is for a shell, and stays as it has to be typed.
  expect(report).toContain('quiet <img src=x> | **x**');
});
