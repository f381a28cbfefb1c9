import type { KvmObstacle, KvmRequired } from '../../core/failures/measure.js';
import { cellPrefix, commandLine, type FailureText } from './text.js';

/** Why a recipe that asks for KVM cannot be measured here, and what can. */
export function kvmRequired(failure: KvmRequired): FailureText {
  const { machine, obstacle, instead, built, console, command } = failure;
  const start = built ? 'everything is built, but the machine' : 'the machine';
  // One that has TCG could run without KVM: then it is the recipe that asks for it.
  const need = instead.kind === 'tcg' ? 'is asked to run on KVM' : 'runs on KVM only';
  const ofRecipe = built ? ' of this recipe' : '';
  return {
    headline: `${cellPrefix(failure)}${start} "${machine}"${ofRecipe} ${need}, and ${whatLacks(obstacle)}`,
    details: [...comparison(obstacle), ...(command.length === 0 ? [] : [`command: ${commandLine(command)}`])],
    quoted: console,
    hint: `${alternative(instead)}"bootlap doctor" tells what KVM lacks`,
  };
}

function whatLacks(obstacle: KvmObstacle): string {
  switch (obstacle.kind) {
    case 'missing':
      return 'there is no /dev/kvm';
    case 'forbidden':
      return 'this user may not open /dev/kvm';
    case 'refused':
      return `the hypervisor cannot use it: ${obstacle.detail}`;
    case 'no-boot': {
      const { point, passed, ending } = obstacle;
      const past = passed === undefined ? `get to "${point}"` : `get past "${passed}"`;
      return `a boot with KVM does not ${past}: ${ending} before "${point}" (the same firmware and kernel get there without KVM)`;
    }
  }
}

function comparison(obstacle: KvmObstacle): string[] {
  if (obstacle.kind !== 'no-boot') {
    return [];
  }
  const { hypervisor, machine, seconds } = obstacle.without;
  return [`without: "${obstacle.point}" after ${seconds} s on the machine "${machine}" of ${hypervisor} with TCG`];
}

function alternative(instead: KvmRequired['instead']): string {
  switch (instead.kind) {
    case 'recipe':
      return `"bootlap run ${instead.recipe}" measures the same firmware and kernel without KVM (give it what you have changed, too); `;
    case 'tcg':
      return '"--set machine.accel=tcg" measures without KVM; ';
    case 'nothing':
      return 'measure on a machine whose KVM carries a kernel; ';
  }
}
