import type { GateFinding } from '../../core/failures/compare.js';
import type { Failure } from '../../core/failure.js';
import type { JudgedGate } from '../../measure/comparison/gate.js';
import type { ComparisonDocument } from '../../report/comparison.js';
import { foundText } from '../../report/comparison-words.js';
import { declarationPlace } from '../ci/place.js';

/**
 * What the gates come to that B did not pass. A regression comes first, and so decides about the exit status.
 * `recipeFile`: the file of B's recipe, absolute, in which the findings get a place.
 */
export function gateFailures(document: ComparisonDocument, recipeFile?: string): Failure[] {
  const found = (outcome: JudgedGate['outcome']): GateFinding[] =>
    document.gates
      .filter((gate) => gate.outcome === outcome)
      .map((gate) => ({
        ...findingOf(gate, document),
        ...(recipeFile === undefined ? {} : { place: declarationPlace(recipeFile, gate.target) }),
      }));
  const [beyond, unsettled] = [found('failed'), found('inconclusive')];
  return [
    ...(beyond.length === 0 ? [] : [{ reason: 'regression', gates: beyond } as const]),
    ...(unsettled.length === 0 ? [] : [{ reason: 'regression-unsettled', gates: unsettled } as const]),
  ];
}

/** What a gate was held against: the shift with its interval, or why there is none. */
export function findingOf(gate: JudgedGate, document: ComparisonDocument): GateFinding {
  return { gate: gate.text, found: foundText(gate, document) };
}
