import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_MARKER, stopwatchArguments } from '../measure/boot.js';
import { withCpu } from '../measure/cpu-model.js';
import { milliseconds } from '../measure/duration.js';
import { tracedPorts } from '../measure/trace.js';
import {
  descriptorOutlet,
  forAccelerator,
  recorders,
  statusOf,
  vmArguments,
  type Accelerator,
  type Vm,
} from '../measure/vm.js';
import type { Phase, Point } from '../recipe/schema.js';
import { packageFolder } from '../system/environment.js';
import { bundleName, type BundledHypervisor, type BundleDocument, type PackagedHypervisor } from './bundle-document.js';
import { recordedOf } from './recorded.js';

const TEMPLATE = join(packageFolder, 'src/native/replay.sh');
const PLACE_OF_BUNDLE = '# @bundle@\n';
const ACCELERATORS: readonly Accelerator[] = ['kvm', 'tcg'];
/** How a boot through all points is called among the kinds of boots; names of points have no capitals. */
const TRACE = 'ALL';

/**
 * `replay.sh`: boots a bundle with a shell alone, as it was measured, or of a bundle without figures as its recipe says;
 * of a matrix the first machine. Throws system errors.
 */
export function replayScript(document: BundleDocument): string {
  return readFileSync(TEMPLATE, 'utf8').replace(PLACE_OF_BUNDLE, () => bundlePart(document));
}

function bundlePart(document: BundleDocument): string {
  const { measure, machine, points, phases } = document;
  const { boots, warmup, timeout, pin = {}, realtime } = measure;
  const recorded = recordedOf(document)?.accelerator ?? machine.accel;
  const variables = {
    name: bundleName(document),
    ...{ boots, warmup },
    recorded,
    timeout: Math.ceil(milliseconds(timeout)),
    max_failed: Math.floor(measure['max-failed'] * 1000),
    pin: pin.vm ?? '',
    pin_self: pin.stopwatch ?? '',
    realtime: realtime ?? '',
    kinds: kindsOf(document).join(' '),
    machine: forAccelerator(machine.type, recorded === 'kvm' ? 'kvm' : 'tcg'),
  };
  return [
    '# What follows was written when the bundle was made.',
    ...Object.entries(variables).map(([name, value]) => `${name}=${quoted(String(value))}`),
    '',
    ...findHypervisor(document.vm.hypervisor),
    '',
    ...bootFunction(document),
    '',
    ...reachedFunction(document),
    '',
    ...listFunctions(points, phases),
    '',
  ].join('\n');
}

function kindsOf(document: BundleDocument): string[] {
  return isTraced(document) ? [TRACE] : document.points.map(({ name }) => name);
}

function isTraced(document: BundleDocument): boolean {
  const method = recordedOf(document)?.method ?? document.measure.method;
  return method !== 'exit' && document.machine['exit-device'] === 'isa-debug-exit';
}

function findHypervisor(hypervisor: BundledHypervisor | PackagedHypervisor): string[] {
  if (hypervisor.kind === 'included') {
    return ['find_hypervisor() {', `  hypervisor=${quoted(hypervisor.program)}`, '}'];
  }
  const from = hypervisor.packages.map(({ name, version }) => `${name} ${version}`).join(', ');
  const missing = `${hypervisor.program} has to be installed: ${from}`;
  return [
    'find_hypervisor() {',
    `  hypervisor=$(command -v ${quoted(hypervisor.program)})`,
    `  if [ -z "$hypervisor" ]; then complain 3 ${quoted(missing)}; fi`,
    '}',
  ];
}

function bootFunction(document: BundleDocument): string[] {
  const cases = ACCELERATORS.flatMap((accelerator) =>
    kindsOf(document).flatMap((kind) => [
      `    ${kind}-${accelerator})`,
      ...bootCommand(document, kind, accelerator),
      '      ;;',
    ]),
  );
  return ['boot() {', '  case $1 in', ...cases, '  esac', '}'];
}

/** Each word on a line of its own that begins a new option, so that a person can read it. */
function bootCommand(document: BundleDocument, kind: string, accelerator: Accelerator): string[] {
  const { points, stopwatch } = document;
  const point = points.find(({ name }) => name === kind);
  const ports = tracedPorts(points);
  const last = points.at(-1);
  const vm = vmOf(document, accelerator);
  const markers =
    point === undefined && last !== undefined
      ? { markers: { count: ports.length, endAt: { marker: ports.indexOf(last.port), byte: last.value } } }
      : {};
  const timing = stopwatchArguments({ timeoutMilliseconds: 0, ...markers }).slice(2);
  const words =
    point === undefined
      ? vmArguments(
          vm,
          undefined,
          recorders(ports, (index) => descriptorOutlet(FIRST_MARKER + index)),
        )
      : vmArguments(vm, point);
  const { hypervisor } = document.vm;
  const loader =
    hypervisor.kind === 'included' && hypervisor.loader !== undefined && hypervisor.libraries !== undefined
      ? [hypervisor.loader, '--library-path', hypervisor.libraries].map(quoted)
      : [];
  return [
    `      ${quoted(stopwatch)} --timeout-ms "$timeout" ${timing.map(quoted).join(' ')} \\`,
    '        ${pin:+--pin "$pin"} ${pin_self:+--pin-self "$pin_self"} ${realtime:+--realtime "$realtime"} -- \\',
    `        ${[...loader, '"$hypervisor"'].join(' ')} \\`,
    `        ${words.map(quoted).join(' ')}`,
  ];
}

function vmOf({ vm, machine, measured }: BundleDocument, accelerator: Accelerator): Vm {
  const { hypervisor, firmware, kernel, init } = vm;
  const { cpu, accelerator: recorded } = measured ?? {};
  const data = hypervisor.kind === 'included' ? hypervisor.data : undefined;
  return {
    hypervisor: hypervisor.program,
    firmware,
    kernel,
    ...(data === undefined ? {} : { dataFolder: data }),
    ...(init === undefined ? {} : { initrd: init }),
    accelerator,
    machine: typeof cpu === 'string' && recorded === accelerator ? withCpu(machine, cpu) : machine,
  };
}

/** Whether the boot in `$line` came where it had to: a pattern of the shell's, with every point in its order. */
function reachedFunction(document: BundleDocument): string[] {
  const { points } = document;
  const ports = tracedPorts(points);
  const arrivals = points.map(({ port, value }) => `{"marker":${ports.indexOf(port)},"byte":${value},`);
  const trace = `${arrivals.map((each) => `*${quoted(each)}`).join('')}*${quoted('"ended_at_marker":true')}*`;
  const ends = points.map(({ name, value }) => [name, `*${quoted(`,"status":${statusOf(value)},"timed_out":false`)}*`]);
  const kinds: string[][] = isTraced(document) ? [[TRACE, trace]] : ends;
  return [
    'has_reached() {',
    ...(isTraced(document) ? [`  if [ "$markers" -ne ${points.length} ]; then return 1; fi`] : []),
    '  case $1:$line in',
    ...kinds.map(([kind = '', pattern = '']) => `    ${kind}:${pattern}) return 0 ;;`),
    '    *) return 1 ;;',
    '  esac',
    '}',
  ];
}

function listFunctions(points: readonly Point[], phases: readonly Phase[]): string[] {
  const place = (name: string | undefined): string =>
    String(name === undefined ? 0 : points.findIndex((point) => point.name === name) + 1);
  const line = (words: readonly string[]): string =>
    `  printf '%s\\t%s\\t%s\\t%s\\n' ${words.map((word) => quoted(word.replaceAll(/\s/g, ' '))).join(' ')}`;
  return [
    'list_points() {',
    ...points.map(({ name, label = name }) => line(['point', name, label, ''])),
    '}',
    '',
    'list_phases() {',
    ...phases.map(({ name, from, to }) => line(['phase', name, place(from), place(to)])),
    '}',
  ];
}

/** As a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
