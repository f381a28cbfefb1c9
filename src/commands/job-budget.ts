import { openSync } from 'node:fs';
import type { JobBudget, MakeSlot, OtherSlot } from '../core/step.js';

/** A budget of `total` jobs that opens its jobserver, which costs a process, when the first build asks for a slot. */
export function lazyJobBudget(total: number): JobBudget {
  let opened: Promise<JobBudget> | undefined;
  const open = (): Promise<JobBudget> => (opened ??= openBudget(total));
  return {
    total,
    forMake: async (signal) => (await open()).forMake(signal),
    forOther: async (signal) => (await open()).forOther(signal),
  };
}

async function openBudget(total: number): Promise<JobBudget> {
  const { Jobserver } = await import('../system/jobserver.js');
  const server = await Jobserver.open(total);
  return server.ok ? server.value : unsharedBudget(total);
}

/** Where no jobserver can be had (a full or read-only temporary folder), each build takes the whole number: slower, and right. */
function unsharedBudget(total: number): JobBudget {
  const release = (): void => undefined;
  return {
    total,
    forMake: (): Promise<MakeSlot> =>
      Promise.resolve({ makeflags: ` -j${total}`, descriptor: openSync('/dev/null', 'r+'), release }),
    forOther: (): Promise<OtherSlot> => Promise.resolve({ jobs: total, release }),
  };
}
