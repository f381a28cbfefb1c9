import type { StepEnd, StepFailure } from '../../core/event.js';
import type { Failure } from '../../core/failure.js';
import type { Step } from '../../core/step.js';
import type { RunOutcome } from '../../engine/index.js';
import type { JudgedGate } from '../../measure/comparison/gate.js';
import type { ComparisonDocument } from '../../report/comparison.js';
import { attempt } from '../../system/files.js';
import { explainFailure } from '../../ui/failure-text/index.js';
import type { JunitCase, JunitOutcome, JunitSuite } from '../../ui/junit.js';
import { findingOf } from '../compare/finding.js';
import { lastLines } from './log-tail.js';

/** The steps of a run as tests. What was in the cache already is a test that passed in no time, and says so. */
export function stepSuite(name: string, outcome: RunOutcome, steps: readonly Step[]): JunitSuite {
  const cases = steps.flatMap((step) => {
    const end = outcome.steps.find((each) => each.step === step.name);
    const failed = outcome.failures.find((each) => each.step === step.name);
    return end === undefined && failed === undefined ? [] : [stepCase(name, step, { end, failed })];
  });
  const others = outcome.failures.filter(({ step }) => !steps.some((each) => each.name === step));
  return {
    name,
    seconds: outcome.seconds,
    properties: { run: outcome.run, folder: outcome.folder },
    cases: [...cases, ...others.map((failed) => failureCase(name, failed))],
  };
}

interface Ending {
  readonly end: StepEnd | undefined;
  readonly failed: StepFailure | undefined;
}

function stepCase(name: string, step: Step, { end, failed }: Ending): JunitCase {
  const { status, seconds = 0, fingerprint } = end ?? {};
  return {
    name: step.name,
    group: `bootlap.${name}`,
    seconds: status === 'fresh' || status === 'restored' ? 0 : seconds,
    properties: {
      title: step.title,
      ...(status === undefined ? {} : { status }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
    },
    outcome: failed === undefined ? outcomeOf(end) : failureOutcome(failed),
  };
}

function outcomeOf(end: StepEnd | undefined): JunitOutcome {
  return end?.status === 'skipped' ? { kind: 'skipped', message: end.because ?? 'skipped' } : { kind: 'passed' };
}

function failureCase(name: string, failed: StepFailure): JunitCase {
  return {
    name: failed.step ?? 'bootlap',
    group: `bootlap.${name}`,
    seconds: 0,
    properties: {},
    outcome: failureOutcome(failed),
  };
}

function failureOutcome({ failure, log }: StepFailure): JunitOutcome {
  const { headline, details, quoted = [], hint } = explainFailure(failure);
  if (failure.reason === 'interrupted') {
    return { kind: 'skipped', message: headline };
  }
  const tail = log === undefined ? undefined : attempt(log, () => lastLines(log));
  const logged = tail?.ok === true ? ['', `log: ${log ?? ''}`, ...tail.value] : ['', ...quoted];
  const text = [headline, ...details, `next: ${hint}`, ...logged].join('\n');
  return { kind: 'failed', type: failure.reason, message: headline, text };
}

/** A call that could not begin, as the one test that failed. */
export function unbegunSuite(failure: Failure): JunitSuite {
  return { name: 'bootlap', seconds: 0, properties: {}, cases: [failureCase('call', { failure })] };
}

/** What a call has made, as the one test that passed. */
export function madeSuite(what: string): JunitSuite {
  const made: JunitCase = { name: what, group: 'bootlap', seconds: 0, properties: {}, outcome: { kind: 'passed' } };
  return { name: 'bootlap', seconds: 0, properties: {}, cases: [made] };
}

/** The gates of a comparison as tests; one that the boots do not settle has not passed. */
export function gateSuite(document: ComparisonDocument): JunitSuite {
  const { gates, a, b, interleaved } = document;
  return {
    name: 'gates',
    seconds: 0,
    properties: { a: a.name, b: b.name, interleaved: String(interleaved) },
    cases: gates.map((gate) => {
      const { found } = findingOf(gate, document);
      const properties = { outcome: gate.outcome, finding: found };
      return { name: gate.text, group: 'bootlap.gates', seconds: 0, properties, outcome: gateOutcome(gate, found) };
    }),
  };
}

function gateOutcome({ text, outcome }: JudgedGate, found: string): JunitOutcome {
  const type = outcome === 'failed' ? 'regression' : 'regression-unsettled';
  return outcome === 'passed'
    ? { kind: 'passed' }
    : { kind: 'failed', type, message: `${outcome}: ${found}`, text: `${text}: ${found}` };
}
