import type { OutputReference, StepName } from '../core/step.js';

/** What a drawing needs of a step. */
export interface GraphStep {
  readonly name: StepName;
  readonly inputs: { readonly upstream: readonly OutputReference[] };
}

/** The steps as a Mermaid flow chart: an arrow from each step to the ones that read its outputs. */
export function mermaidGraph(steps: readonly GraphStep[]): string {
  const ids = new Map(steps.map(({ name }, index) => [name, `s${index}`]));
  return [
    'flowchart LR',
    ...steps.map(({ name }) => `  ${ids.get(name) ?? name}["${name}"]`),
    ...edges(steps).map(({ from, to, label }) => `  ${ids.get(from) ?? from} -->|${label}| ${ids.get(to) ?? to}`),
    '',
  ].join('\n');
}

/** The steps in Graphviz' language. */
export function dotGraph(steps: readonly GraphStep[]): string {
  return [
    'digraph bootlap {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...steps.map(({ name }) => `  ${JSON.stringify(name)};`),
    ...edges(steps).map(
      ({ from, to, label }) => `  ${JSON.stringify(from)} -> ${JSON.stringify(to)} [label=${JSON.stringify(label)}];`,
    ),
    '}',
    '',
  ].join('\n');
}

interface Edge {
  readonly from: StepName;
  readonly to: StepName;
  /** The outputs that are read, with commas between them. */
  readonly label: string;
}

function edges(steps: readonly GraphStep[]): Edge[] {
  return steps.flatMap((step) => {
    const outputs = new Map<StepName, string[]>();
    for (const { step: from, output } of step.inputs.upstream) {
      outputs.set(from, [...(outputs.get(from) ?? []), output]);
    }
    return [...outputs].map(([from, names]) => ({ from, to: step.name, label: names.join(', ') }));
  });
}
