import { stripVTControlCharacters } from 'node:util';

/** A test suite of a JUnit file: a run with its steps, or the gates of a comparison. */
export interface JunitSuite {
  readonly name: string;
  readonly seconds: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly JunitCase[];
}

/** A step or a gate. */
export interface JunitCase {
  readonly name: string;
  /** Dotted, as readers of such files group by it. */
  readonly group: string;
  readonly seconds: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly outcome: JunitOutcome;
}

/** `type`: a failure's reason. `text`: all that there is to say, the end of the log included. */
export type JunitOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly message: string }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string; readonly text: string };

/** The text of a JUnit file. What XML has no place for, whatever a program has printed, is taken out. */
export async function junitXml(suites: readonly JunitSuite[]): Promise<string> {
  const { create } = await import('xmlbuilder2');
  const document = create(
    { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' },
    {
      testsuites: {
        '@name': 'bootlap',
        ...counts(suites.flatMap(({ cases }) => cases)),
        ...seconds(total(suites)),
        testsuite: suites.map(suiteNode),
      },
    },
  );
  return `${document.end({ prettyPrint: true })}\n`;
}

function total(suites: readonly JunitSuite[]): number {
  return suites.reduce((sum, suite) => sum + suite.seconds, 0);
}

function suiteNode(suite: JunitSuite): object {
  return {
    '@name': oneLine(suite.name),
    ...counts(suite.cases),
    ...seconds(suite.seconds),
    ...propertiesNode(suite.properties),
    testcase: suite.cases.map(caseNode),
  };
}

function counts(cases: readonly JunitCase[]): object {
  const having = (kind: JunitOutcome['kind']): number => cases.filter(({ outcome }) => outcome.kind === kind).length;
  return { '@tests': cases.length, '@failures': having('failed'), '@errors': 0, '@skipped': having('skipped') };
}

function seconds(value: number): object {
  return { '@time': value.toFixed(3) };
}

function propertiesNode(properties: Readonly<Record<string, string>>): object {
  const entries = Object.entries(properties);
  return entries.length === 0
    ? {}
    : { properties: { property: entries.map(([name, value]) => ({ '@name': name, '@value': oneLine(value) })) } };
}

function caseNode({ name, group, seconds: spent, properties, outcome }: JunitCase): object {
  return {
    '@name': oneLine(name),
    '@classname': oneLine(group),
    ...seconds(spent),
    ...propertiesNode(properties),
    ...outcomeNode(outcome),
  };
}

function outcomeNode(outcome: JunitOutcome): object {
  switch (outcome.kind) {
    case 'passed':
      return {};
    case 'skipped':
      return { skipped: { '@message': oneLine(outcome.message) } };
    case 'failed': {
      const { type, message, text } = outcome;
      return { failure: { '@type': type, '@message': oneLine(message), '#': printable(text) } };
    }
  }
}

/** For attributes, in which XML keeps no line feed. */
function oneLine(text: string): string {
  return printable(text).replaceAll(/[\r\n\t]+/g, ' ');
}

function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}
