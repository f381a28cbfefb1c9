import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import { COMPONENTS, type StepContext } from '../core/step.js';
import { bootLine } from '../measure/boot-line.js';
import { readKvmAccess } from '../measure/host.js';
import type { MeasuringMethod } from '../measure/boot-plan.js';
import type { ProbeContext } from '../measure/check.js';
import { probe, type ProbeDocument, type ProbeFailure } from '../measure/probe.js';
import { probeCells } from '../measure/probe-cells.js';
import { locateVm, type LocatedVm } from '../measure/vm-files.js';
import { rigOf, type VmRig } from '../measure/vm-rig.js';
import { cellsOf, hasMatrix } from '../recipe/cells.js';
import type { Recipe } from '../recipe/schema.js';
import { attempt, writeFileAtomically } from '../system/files.js';

/** The work of `probe`. Without a VM it is the one that the recipe's steps made. */
export async function runProbe(
  recipe: Recipe,
  context: StepContext,
  ready?: LocatedVm,
): Promise<Result<void, Failure>> {
  const located = ready === undefined ? locateVm(recipe, context) : success(ready);
  if (!located.ok) {
    return failed(located.failure);
  }
  const document = await probeDocument(recipe, located.value, context);
  if (!document.ok) {
    return failed(document.failure);
  }
  conclusion(document.value).forEach((line) => context.log.line(line));
  const path = context.output('probe');
  return attempt(path, () => writeFileAtomically(path, `${JSON.stringify(document.value, undefined, 2)}\n`));
}

function probeDocument(
  recipe: Recipe,
  located: LocatedVm,
  context: StepContext,
): Promise<Result<ProbeDocument, ProbeFailure>> {
  const outside: ProbeContext = {
    method: recipe.measure.method,
    kvm: readKvmAccess(),
    built: COMPONENTS.some((component) => recipe[component].build !== undefined),
    notice: (level, text) => {
      context.log.line(text);
      context.notice(level, text);
    },
    log: (line) => context.log.line(line),
    progress: (done, total) => context.progress({ done, total, unit: 'boots' }),
  };
  const cells = cellsOf(recipe).map(({ name, recipe: own }) => ({ name, rig: loggedRig(own, located, context) }));
  return hasMatrix(recipe) ? probeCells(cells, outside) : probe(loggedRig(recipe, located, context), outside);
}

function conclusion({ cells, ...base }: ProbeDocument): string[] {
  return Object.entries(cells ?? { '': base }).map(([name, { method, accelerator, reason, machine }]) => {
    const whose = name === '' ? '' : `${name}: `;
    return `${whose}measuring by ${METHODS[method]}, with ${accelerator} (${reason}) on the machine "${machine}"`;
  });
}

const METHODS: Readonly<Record<MeasuringMethod, string>> = {
  trace: 'tracing, as every point came in one boot',
  exit: 'a boot for each point',
  both: 'tracing and by a boot for each point',
};

/** Each of its boots is a line of the log. */
function loggedRig(recipe: Recipe, located: LocatedVm, context: StepContext): VmRig {
  const rig = rigOf(recipe, located, context);
  return { ...rig, onBoot: (request, end) => context.log.line(bootLine(rig, request, end)) };
}
