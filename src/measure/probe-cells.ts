import { failed, success, type Result } from '../core/result.js';
import type { AcceleratorChoice } from './accelerator.js';
import type { ProbeContext } from './check.js';
import { probeSettled, settleTraceable, type ProbeDocument, type ProbeFailure, type ProbeRecord } from './probe.js';
import type { VmRig } from './vm-rig.js';

/** A machine of a matrix, ready to be booted. */
export interface CellRig {
  readonly name: string;
  readonly rig: VmRig;
}

/**
 * Probes every machine of a matrix. All of them get the same accelerator: KVM when each gets through to the last point
 * with it, else TCG, because a figure of the one says nothing beside a figure of the other. So the first machine that
 * KVM does not serve settles it for all, and a KVM that hangs costs its time once.
 * Fails as `probe` does; the failure says of which machine it is.
 * @param cells at least one, the base first
 */
export async function probeCells(
  cells: readonly CellRig[],
  context: ProbeContext,
): Promise<Result<ProbeDocument, ProbeFailure>> {
  const settled = await settleAll(cells, context);
  if (!settled.ok) {
    return settled;
  }
  const records: [string, ProbeRecord][] = [];
  for (const [index, { cell, choice }] of settled.value.entries()) {
    const record = await probeSettled(cell.rig, choice, contextOf(cell, context, { index, cells: cells.length }));
    if (!record.ok) {
      return ofCell(cell, record.failure);
    }
    records.push([cell.name, record.value]);
  }
  const [[, base] = []] = records;
  if (base === undefined) {
    throw new Error('a matrix without machines was probed');
  }
  return success({ ...base, cells: Object.fromEntries(records) });
}

interface SettledCell {
  readonly cell: CellRig;
  readonly choice: AcceleratorChoice;
}

async function settleAll(
  cells: readonly CellRig[],
  context: ProbeContext,
): Promise<Result<readonly SettledCell[], ProbeFailure>> {
  const settled: SettledCell[] = [];
  const told = new Set<string>();
  for (const cell of cells) {
    const choice = await settleTraceable(cell.rig, tellingOnce(cell, context, told));
    if (!choice.ok) {
      return ofCell(cell, choice.failure);
    }
    const { accelerator, reason } = choice.value;
    if (accelerator === 'tcg') {
      return success(cells.map((each) => ({ cell: each, choice: { accelerator, reason, machine: each.rig.machine } })));
    }
    settled.push({ cell, choice: choice.value });
  }
  return success(settled);
}

/** What the first machine has told already is not told again; what another one adds is told with its name. */
function tellingOnce({ name }: CellRig, context: ProbeContext, told: Set<string>): ProbeContext {
  const prefix = told.size === 0 ? '' : `${name}: `;
  return {
    ...context,
    notice: (level, text) => {
      if (!told.has(text)) {
        told.add(text);
        context.notice(level, `${prefix}${text}`);
      }
    },
  };
}

interface Place {
  readonly index: number;
  readonly cells: number;
}

/** As one machine's part of the whole probe. */
function contextOf({ name }: CellRig, context: ProbeContext, { index, cells }: Place): ProbeContext {
  return {
    ...context,
    notice: (level, text) => context.notice(level, `${name}: ${text}`),
    log: (line) => context.log(`${name}: ${line}`),
    progress: (done, total) => context.progress(index * total + done, cells * total),
  };
}

function ofCell({ name }: CellRig, failure: ProbeFailure): Result<never, ProbeFailure> {
  return failed(
    failure.reason === 'probe-failed' || failure.reason === 'kvm-required' ? { ...failure, cell: name } : failure,
  );
}
