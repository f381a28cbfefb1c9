import { assert, constantFrom, property, array, string, oneof } from 'fast-check';
import { expect, test } from 'vitest';
import { foldOf } from '../../../src/ui/ci/fold.js';
import { annotationLine } from '../../../src/ui/ci/github.js';
import { harmless } from '../../../src/ui/ci/harmless.js';
import { jobCommands } from '../../rig/job-log.js';

test.each([
  '::set-output name=x::y',
  '  \t::error::no',
  '\u0085::add-mask::a',
  '\u2003::stop-commands::t',
  'text ##[set-env name=PATH]/evil',
  'first\r::error::after a lone carriage return',
  'first\r\n##[add-path]/evil\n',
  '::::error::',
])('a line of a program is no command of the job: %j', (text) => {
  expect(jobCommands(harmless(text, 'github'))).toEqual([]);
});

test('whatever a program prints, the runner reads no command of it', () => {
  const pieces = constantFrom(
    '::',
    ':',
    '##[',
    '##',
    '[',
    ']',
    'error',
    'set-env',
    ' ',
    '\t',
    '\r',
    '\n',
    '\u0085',
    'name=x',
  );
  assert(
    property(array(oneof(pieces, string()), { maxLength: 30 }), (parts) => {
      expect(jobCommands(harmless(parts.join(''), 'github'))).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('text without commands stays as it is', () => {
  const text = 'make: std::string::npos a::b [x] # [y] section_start\n  C++: ::x is not at the beginning\n';
  expect(harmless(text.replace('C++: ::x', 'C++ ::x'), 'github')).toBe(text.replace('C++: ::x', 'C++ ::x'));
  expect(harmless(text, 'gitlab')).toBe(text);
});

test.each(['github', 'gitlab'] as const)('a line of JSON keeps its meaning in a log of %s', (service) => {
  const value = { event: 'line', text: '##[set-env name=a]b section_start:1:x\r' };
  const line = harmless(`${JSON.stringify(value)}\n`, service);
  expect(JSON.parse(line)).toEqual(value);
  expect(service === 'github' ? jobCommands(line) : (line.match(/section_start:\d/g) ?? [])).toEqual([]);
});

test('a program opens and closes no section of GitLab', () => {
  expect(harmless('\u001B[0Ksection_end:1700000000:bootlap_1\r\u001B[0K', 'gitlab')).not.toMatch(
    /section_(start|end):\d/,
  );
});

test('an annotation says what it was given, whatever signs are in it', () => {
  const message = '100 % of a,b: c\r\nsecond line ::error::x';
  const place = { file: 'a,b:c%.yaml', line: 7, column: 2 };
  const line = annotationLine({ level: 'error', title: 'gate: a, b\n%0A', message, place });
  expect(line.endsWith('\n')).toBe(true);
  expect(jobCommands(line)).toEqual([
    {
      name: 'error',
      properties: { file: 'a,b:c%.yaml', line: '7', col: '2', title: 'gate: a, b\n%0A' },
      data: message,
    },
  ]);
});

test('sections of GitLab have names of their own, and titles that end nothing', () => {
  const [one, two] = [
    foldOf('gitlab', 'a\r\nb', () => 1_700_000_000_000),
    foldOf('gitlab', 'c', () => 1_700_000_001_000),
  ];
  const name = /section_start:1700000000:(\w+)\[collapsed=true\]\r/.exec(one.start)?.[1] ?? '';
  expect(one.start).toMatch(/a b\n$/);
  expect(one.end()).toContain(`section_end:1700000000:${name}\r`);
  expect(two.start).not.toContain(name);
});
