import { ccacheBytes, findCcache } from '../../system/ccache.js';
import { workspaceAt, type PlannedStep } from '../../engine/index.js';
import { size } from '../../ui/quantities.js';

/** The ccache that builds use, and what it has for them: `ccache 4.7.5, 34 MB`. `undefined` where there is none. */
export async function ccacheInPlan(workspace: string): Promise<string | undefined> {
  const found = await findCcache();
  return found === undefined || found.isOld
    ? undefined
    : `${found.version}, ${size(await ccacheBytes(found, workspaceAt(workspace).ccache))}`;
}

/** Whether a step will call compilers in the source of a component. */
export function compiles({ step, state }: PlannedStep): boolean {
  return state === 'stale' && /^make:(hypervisor|firmware|kernel)$/.test(step.name);
}
