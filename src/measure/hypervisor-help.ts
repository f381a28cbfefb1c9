import { runCommand } from '../system/command.js';
import { parseMachines } from './refusal.js';
import type { VmRig } from './vm-rig.js';

type Asked = Pick<VmRig, 'files' | 'folder' | 'signal'>;

/** The machine types that the hypervisor has; none where it does not tell. */
export async function machineTypes(rig: Asked): Promise<string[]> {
  return parseMachines(await help(rig, '-machine'));
}

/** Tells whether TCG is built into the hypervisor, as far as it tells. Before 4.2, QEMU listed what it never had. */
export async function hasTcg(rig: Asked): Promise<boolean> {
  return /^Accelerators supported in QEMU binary:[^]*^tcg$/m.test(await help(rig, '-accel'));
}

async function help({ files, folder, signal }: Asked, option: string): Promise<string> {
  const output = await runCommand({
    program: files.hypervisor,
    arguments: [option, 'help'],
    folder,
    timeoutMilliseconds: 10_000,
    signal,
  });
  return output.ok ? output.value.stdout : '';
}
