import { expect, test } from 'vitest';
import { differences, type Conditions } from '../../../src/measure/comparison/conditions.js';
import { knownRecord } from '../../rig/vm-summary.js';

const CONDITIONS: Conditions = {
  host: knownRecord().host,
  machine: { type: 'pc', accelerator: 'tcg', memoryMib: 512, processors: 1, append: 'quiet', arguments: [] },
  method: 'trace',
  scheduling: { memoryLocked: true },
};

test('the same conditions have no difference, whatever the load was', () => {
  expect(differences(CONDITIONS, { ...CONDITIONS, host: { ...CONDITIONS.host, load: [9, 9, 9] } })).toEqual([]);
});

test.each([
  ['host.cpu', { host: { cpu: 'Other' } }],
  ['host.microcode', { host: { microcode: '0x2' } }],
  ['host.kernel', { host: { kernel: '6.2.0' } }],
  ['host.processors', { host: { processors: 64 } }],
  ['host.governor', { host: { governor: 'powersave' } }],
  ['host.turbo', { host: { turbo: false } }],
  ['host.smt', { host: { smt: 'off' } }],
  ['host.mitigations.meltdown', { host: { mitigations: { meltdown: 'Mitigation: PTI' } } }],
  ['machine.type', { machine: { type: 'q35' } }],
  ['machine.accel', { machine: { accelerator: 'kvm' } }],
  ['machine.cpu', { machine: { cpu: 'max' } }],
  ['machine.memory', { machine: { memoryMib: 256 } }],
  ['machine.cpus', { machine: { processors: 2 } }],
  ['machine.append', { machine: { append: 'quiet nosmp' } }],
  ['machine.arguments', { machine: { arguments: ['-device', 'virtio-rng-pci'] } }],
  ['measure.pin', { scheduling: { vmCpu: 1, memoryLocked: true } }],
  ['measure.realtime', { scheduling: { realtime: { priority: 20, granted: true }, memoryLocked: true } }],
  ['method', { method: 'exit' }],
] as const)('another %s is a difference, told with both values', (field, change) => {
  const { host = {}, machine = {}, method = 'trace', scheduling } = change as Partial<Conditions>;
  const other = {
    host: { ...CONDITIONS.host, ...host },
    machine: { ...CONDITIONS.machine, ...machine },
    method,
    scheduling: scheduling ?? CONDITIONS.scheduling,
  };
  const [difference, ...more] = differences(CONDITIONS, other);
  expect(more).toEqual([]);
  expect(difference?.field).toBe(field);
  expect(difference?.a).not.toBe(difference?.b);
  expect(differences(other, CONDITIONS)).toEqual([{ field, a: difference?.b, b: difference?.a }]);
});
