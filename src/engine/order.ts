import type { Step, StepName } from '../core/step.js';

/**
 * Puts steps in an order in which each stands after all that it reads; steps that are free keep the given order.
 * A step that is named twice, unknown, or in a circle is a bug of whoever put the pipeline together, and throws.
 */
export function inOrder(steps: readonly Step[]): Step[] {
  const byName = new Map(steps.map((step) => [step.name, step]));
  if (byName.size !== steps.length) {
    throw new Error('two steps have the same name');
  }
  const ordered: Step[] = [];
  const state = new Map<StepName, 'visiting' | 'placed'>();
  const visit = (step: Step): void => {
    if (state.get(step.name) === 'placed') {
      return;
    }
    if (state.get(step.name) === 'visiting') {
      throw new Error(`${step.name} needs itself`);
    }
    state.set(step.name, 'visiting');
    step.inputs.upstream.forEach((reference) => visit(known(byName, reference.step, step.name)));
    state.set(step.name, 'placed');
    ordered.push(step);
  };
  steps.forEach(visit);
  return ordered;
}

function known(steps: ReadonlyMap<StepName, Step>, name: StepName, neededBy: StepName): Step {
  const step = steps.get(name);
  if (step === undefined) {
    throw new Error(`${neededBy} reads ${name}, which is no step`);
  }
  return step;
}
