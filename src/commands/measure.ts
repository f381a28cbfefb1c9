import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import { COMPONENTS } from '../core/step.js';
import type { Point } from '../recipe/schema.js';
import { openWorkspace, type RunOutcome, type Selection } from '../engine/index.js';
import { whyUnfit } from '../steps/fetch/unfit.js';
import { assemble } from '../steps/pipeline.js';
import { attempt } from '../system/files.js';
import { kernelFormat } from '../system/kernel-image.js';
import { adviceFor } from './measure/advice.js';
import { pointsOf, portText } from './measure/exits.js';
import { askHypervisor } from './measure/offer.js';
import { pickMachine, type Picked } from './measure/pick.js';
import { handmadeRecipe } from './measure/recipe.js';
import { addStopOptions } from './measure/stop.js';
import { timeLines } from './measure/times.js';
import { readWish, type MeasureOptions, type Wish } from './measure/wish.js';
import {
  addJunitOption,
  addViewOptions,
  addWorkspaceOption,
  collect,
  type JunitOption,
  type ViewOptions,
  type WorkspaceOption,
} from './options.js';
import type { CalledPipeline } from './pipeline.js';
import { runShown } from './run-shown.js';
import type { Session } from './session.js';
import { addTuneOption } from './tune.js';
import { workspaceFolder } from './workspace-folder.js';

/** As the recipe stock has it, for a kernel without an init: with block devices it would look for a disk. */
const APPEND = 'console=ttyS0 quiet panic=-1 rdinit=/dev/console';

const EXAMPLES = `
PORT is 0xf5 (the firmware starts), 0xf4 (the kernel starts) or 0xf6 (user space starts). The values that qboot and the
patched kernel write there are known, 0xf4's from the kind of kernel; other ports need PORT:VALUE. The machine and the
exit device are picked from what the emulator offers. Arguments after -- are QEMU's.

Examples:
  bootlap measure -b qemu-system-x86_64 -f ~/qboot/bios.bin -k ~/linux/arch/x86/boot/bzImage
  bootlap measure --iterations=1000 --exit=0xf5 --firmware=~/qboot/bios.bin \\
    --binary=~/nemu/x86_64_virt-softmmu/qemu-system-x86_64_virt --kernel=~/linux/arch/x86/boot/bzImage
  bootlap measure ... --exit 0xf4 --exit 0xf7:7      two points, one of them your own
  bootlap measure ... --method trace                 all ports in one boot; PCs only, as it needs an ISA bus
  bootlap measure ... --until 1% --max-boots 500     as many boots as it takes
  bootlap measure ... -- -device virtio-rng-pci      with another device`;

type Options = MeasureOptions & ViewOptions & WorkspaceOption & JunitOption;

/** `bootlap measure`, with the options of nemu-boot-loop.sh and more. */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('[arguments...]', 'further arguments of QEMU, after "--"')
    .requiredOption('-b, --binary <file>', 'the emulator: a path, or a name that is on the PATH')
    .requiredOption('-f, --firmware <file>', 'the firmware image, such as bios.bin')
    .requiredOption('-k, --kernel <file>', 'the kernel: a bzImage or an ELF file')
    .addOption(
      command
        .createOption('-e, --exit <port[:value]>', 'where a boot ends (repeatable)')
        .argParser(collect)
        .default([], '0xf5, 0xf4 and 0xf6'),
    )
    .option('-i, --iterations <n>', 'boots for each port', '20')
    .option('-m, --machine <type>', 'machine type (default: virt of NEMU, pc of QEMU)')
    .addOption(
      command
        .createOption('--accel <accelerator>', 'what runs the guest')
        .choices(['auto', 'kvm', 'tcg'])
        .default('auto'),
    )
    .option('--memory <mib>', 'memory of the guest', '512')
    .option('--cpus <n>', 'processors of the guest', '1')
    .option('--cpu <model>', 'processor model (default: host for NEMU, else the one of the emulator)')
    .option('--append <text>', 'kernel command line', APPEND)
    .addOption(
      command
        .createOption('--method <method>', 'exit: a boot for each port; trace: each boot shows all ports; both')
        .choices(['exit', 'trace', 'both'])
        .default('exit'),
    )
    .option('--pin <vm[,stopwatch]>', 'processors of the host to bind the VM and the stopwatch to, such as 1,0')
    .option('--realtime <priority>', 'SCHED_FIFO priority of the stopwatch, where that is permitted')
    .option('--timeout <duration>', 'after this a boot counts as hung', '30s')
    .option('--warmup <n>', 'boots for each port before those that count', '2')
    .option('--seed <n>', 'of the shuffle that interleaves the ports', '1');
  addViewOptions(addJunitOption(addWorkspaceOption(addTuneOption(addStopOptions(command)))))
    .addHelpText('after', EXAMPLES)
    .action(async (further: readonly string[], options: Options) => report(await measure(session, options, further)));
}

async function measure(session: Session, options: Options, further: readonly string[]): Promise<ExitStatus> {
  return runShown({
    session,
    options,
    pipeline: () => handmadePipeline(session, options, further),
    selection: () => ANEW,
    offline: true,
    keepGoing: false,
    lead: (outcome, { recipe }) => (hasMeasured(outcome) ? timeLines(recipe.points, outcome.folder) : []),
    advice: adviceFor,
  });
}

/** As a loop would, it boots whenever it is called. */
const ANEW: Selection = { only: [], from: [], until: [], force: ['measure'] };

function hasMeasured({ steps }: RunOutcome): boolean {
  return steps.some(({ step, status }) => step === 'measure' && status === 'ran');
}

/** The pipeline of what the command line names. */
async function handmadePipeline(
  session: Session,
  options: Options,
  further: readonly string[],
): Promise<Result<CalledPipeline, Failure>> {
  const wish = readWish(options, further);
  const settled = wish.ok ? await settle(session, wish.value) : wish;
  if (!settled.ok) {
    return settled;
  }
  const workspace = openWorkspace(workspaceFolder(options));
  if (!workspace.ok) {
    return workspace;
  }
  const steps = await assemble(settled.value.recipe);
  return steps.ok ? success({ ...settled.value, steps: steps.value, workspace: workspace.value.folder }) : steps;
}

/** KVM may carry a boot to the firmware and none to user space: calls with other ports may come to another accelerator. */
function chosenBy({ accel }: Picked, points: readonly Point[]): string[] {
  const last = points.at(-1);
  return accel === 'auto' && last !== undefined && last.name !== 'user-space'
    ? [
        `KVM or TCG is chosen by a boot to ${portText(last.port)}: give --accel where calls with other ports are compared`,
      ]
    : [];
}

/** Looks at the files and asks the emulator, for what the command line leaves open. */
async function settle(
  session: Session,
  wish: Wish,
): Promise<Result<Pick<CalledPipeline, 'recipe' | 'notices'>, Failure>> {
  const { files } = wish;
  const unfit = COMPONENTS.map((component) => whyUnfit(component, files[component])).find(
    (found) => found !== undefined,
  );
  if (unfit !== undefined) {
    return failed(unfit);
  }
  const offer = await askHypervisor(files.hypervisor, session.interruption());
  const picked = offer.ok ? pickMachine(offer.value, wish) : offer;
  if (!picked.ok) {
    return picked;
  }
  const format = attempt(files.kernel, () => kernelFormat(files.kernel) ?? 'elf');
  if (!format.ok) {
    return format;
  }
  const points = pointsOf(wish.exits, format.value);
  const expected = points.map(({ port, value }) => `${value} at ${portText(port)}`).join(', ');
  const notices = [picked.value.why, `expecting the guest to write ${expected}`, ...chosenBy(picked.value, points)];
  return success({ recipe: await handmadeRecipe(wish, picked.value, points), notices });
}
