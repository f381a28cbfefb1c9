import type { KvmObstacle, KvmRequired, WithoutKvm } from '../core/failures/measure.js';
import type { BootEnd } from './boot.js';
import { whatWasSeen, type Check } from './check.js';
import { hasTcg } from './hypervisor-help.js';
import { forAccelerator } from './vm.js';
import type { VmRig } from './vm-rig.js';

/**
 * The failure of a recipe that asks for KVM where KVM does not serve, with what would measure the same guest.
 * @param ends the boots that showed it; none where nothing had to be booted to know
 */
export async function kvmRequired(check: Check, obstacle: KvmObstacle, ends: readonly BootEnd[]): Promise<KvmRequired> {
  const { rig, context } = check;
  const seen = ends.length === 0 ? { console: [], command: [] } : whatWasSeen(check, ends);
  return {
    reason: 'kvm-required',
    machine: forAccelerator(rig.machine.type, 'kvm'),
    obstacle,
    instead: await withoutKvm(rig, obstacle),
    built: context.built,
    ...seen,
  };
}

async function withoutKvm(rig: VmRig, obstacle: KvmObstacle): Promise<WithoutKvm> {
  const isShown = obstacle.kind === 'no-boot' && obstacle.without.hypervisor === rig.files.hypervisor;
  if (isShown) {
    return { kind: 'tcg' };
  }
  const recipe = rig.machine['without-kvm'];
  if (recipe !== undefined) {
    return { kind: 'recipe', recipe };
  }
  return { kind: (await hasTcg(rig)) ? 'tcg' : 'nothing' };
}
