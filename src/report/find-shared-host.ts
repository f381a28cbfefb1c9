import type { HostRecord } from '../measure/host.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import type { Warning } from './warnings.js';

/** Processors that something else had, by which it had a good part of one. */
const BUSY = 0.5;
/** Share of the time from which another thread on the VM's core is felt. */
const BUSY_SIBLING = 0.1;
/** Share of the processors' time from which a host above this one is felt. */
const STOLEN = 0.02;

/** Who else had a part of the machine while boots were timed. */
export function sharedHost(record: MeasurementRecord): Warning[] {
  return [...busy(record.host), ...sharedCore(record), ...stolen(record.host)];
}

/** By what was seen while boots were timed; the load when they began has in it what had just ended. */
function busy({ activity, load: [load = 0], processors }: HostRecord): Warning[] {
  const others = activity?.others;
  return (others ?? load) > BUSY
    ? [{ kind: 'busy-host', load, ...(others === undefined ? {} : { others }), processors }]
    : [];
}

function sharedCore({ host, scheduling: { vmCpu } }: MeasurementRecord): Warning[] {
  const { activity, processors, cores = processors, smt } = host;
  if (vmCpu === undefined) {
    return smt === 'on' && processors > cores ? [{ kind: 'smt-unpinned', processors, cores }] : [];
  }
  const siblings = activity?.siblings;
  return siblings !== undefined && siblings.busy > BUSY_SIBLING
    ? [{ kind: 'sibling-busy', processor: vmCpu, siblings: siblings.processors, busy: siblings.busy }]
    : [];
}

function stolen({ activity }: HostRecord): Warning[] {
  const share = activity?.stolen ?? 0;
  return share > STOLEN ? [{ kind: 'stolen-time', share }] : [];
}
