import { execFileSync } from 'node:child_process';
import { array, assert, asyncProperty, string } from 'fast-check';
import { expect, test } from 'vitest';
import { junitXml, type JunitCase, type JunitSuite } from '../../src/ui/junit.js';

const CASE: JunitCase = {
  name: 'make:kernel',
  group: 'bootlap.stock',
  seconds: 1.25,
  properties: {},
  outcome: { kind: 'passed' },
};

function suite(...cases: Partial<JunitCase>[]): JunitSuite {
  return { name: 'stock', seconds: 2, properties: {}, cases: cases.map((each) => ({ ...CASE, ...each })) };
}

const READ = `
import json, sys, xml.etree.ElementTree as tree
def read(node):
    return {'tag': node.tag, 'at': node.attrib, 'text': node.text, 'children': [read(child) for child in node]}
print(json.dumps([read(tree.fromstring(text.encode())) for text in json.load(sys.stdin)]))
`;

interface Node {
  readonly tag: string;
  readonly at: Readonly<Record<string, string>>;
  readonly text: string | null;
  readonly children: readonly Node[];
}

/** The documents as a parser that is not ours reads them; it throws where one is no XML. */
function read(...documents: readonly string[]): Node[] {
  const told = execFileSync('python3', ['-c', READ], { input: JSON.stringify(documents), encoding: 'utf8' });
  return JSON.parse(told) as Node[];
}

test('counts tests, failures and what was skipped, and gives seconds', async () => {
  const [root] = read(
    await junitXml([
      suite({}, { outcome: { kind: 'skipped', message: 'needs make:kernel' }, seconds: 0 }),
      suite({ outcome: { kind: 'failed', type: 'command-failed', message: 'make failed', text: 'make failed\nlog' } }),
    ]),
  );
  expect(root).toMatchObject({
    tag: 'testsuites',
    at: { tests: '3', failures: '1', skipped: '1', errors: '0', time: '4.000' },
  });
  const [first, second] = root?.children ?? [];
  expect(first).toMatchObject({ at: { tests: '2', failures: '0', skipped: '1' } });
  expect(second?.children[0]).toMatchObject({
    at: { name: 'make:kernel', classname: 'bootlap.stock', time: '1.250' },
    children: [{ tag: 'failure', at: { type: 'command-failed', message: 'make failed' }, text: 'make failed\nlog' }],
  });
});

test('is XML whatever a program has printed', async () => {
  const documents: string[] = [];
  const nasty = [
    '\u0000\u0008\u001B[31mred\u001B[0m',
    ']]> <b> & "\'',
    '\uD800 alone',
    '\uFFFE\uFFFF',
    'a\r\nb\rc\td\u0085',
    '😀',
  ];
  const document = async (texts: readonly string[]): Promise<string> => {
    const text = texts.join(' ');
    const outcome = { kind: 'failed', type: 'x', message: text, text } as const;
    return junitXml([{ ...suite({ name: text, group: text, properties: { p: text }, outcome }), name: text }]);
  };
  documents.push(await document(nasty));
  await assert(
    asyncProperty(array(string({ unit: 'binary' }), { maxLength: 5 }), async (texts) => {
      documents.push(await document(texts));
    }),
    { numRuns: 200 },
  );
  const [first] = read(...documents);
  expect(first?.children[0]?.children[0]?.children.at(-1)?.text).toMatch(/red .*\]\]> <b> & "'/);
});
