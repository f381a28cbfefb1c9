import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { parseMachines } from '../../measure/refusal.js';

/** What a hypervisor says that it has. */
export interface Offer {
  readonly machines: readonly string[];
  readonly devices: readonly string[];
}

/** Asks a hypervisor for its machines and devices. Fails with `hypervisor-unfit` where it gives no answer. */
export async function askHypervisor(binary: string, signal: AbortSignal): Promise<Result<Offer, Failure>> {
  const machines = await askFor('-machine', binary, signal);
  if (!machines.ok) {
    return machines;
  }
  const devices = await askFor('-device', binary, signal);
  if (!devices.ok) {
    return devices;
  }
  const names = [...devices.value.matchAll(/^name "([^"]+)"/gm)].flatMap(([, name]) => name ?? []);
  return success({ machines: parseMachines(machines.value), devices: names });
}

/** A QEMU answers within milliseconds. */
const PATIENCE_MILLISECONDS = 10_000;

async function askFor(option: string, binary: string, signal: AbortSignal): Promise<Result<string, Failure>> {
  const { runCommand } = await import('../../system/command.js');
  const said = await runCommand({
    program: binary,
    arguments: [option, 'help'],
    folder: '/',
    timeoutMilliseconds: PATIENCE_MILLISECONDS,
    signal,
  });
  if (said.ok) {
    return success(said.value.stdout);
  }
  if (said.failure.reason !== 'command-failed') {
    return said;
  }
  const detail = `it does not answer "${option} help" as QEMU does: ${said.failure.lastLines.at(-1) ?? 'it says nothing'}`;
  return failed({ reason: 'hypervisor-unfit', binary, detail });
}
