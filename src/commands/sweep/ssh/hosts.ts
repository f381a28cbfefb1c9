import type { Failure } from '../../../core/failure.js';
import { failed, success, type Result } from '../../../core/result.js';
import { userEnvironment } from '../../../system/environment.js';
import { shellText } from '../../../system/shell-words.js';
import { runCommand } from '../../../system/command.js';
import { parseReady, type Ready } from '../elsewhere.js';
import type { Elsewhere } from '../executor.js';
import { ownVersion } from '../../version.js';
import { sshCommand } from './parallel.js';

/** Patience with a host that takes the connection and does not answer. Milliseconds. */
const PATIENCE = 120_000;
/** How many are asked at once. */
const AT_ONCE = 32;

/**
 * The hosts that can carry jobs of a handover out, as they were named; of several names of one machine the first. Each that
 * cannot is told once, with the reason. Fails with `no-host` where none is left, `tool-missing` without ssh.
 */
export async function readyHosts(
  elsewhere: Elsewhere,
  handover: number,
  signal: AbortSignal,
): Promise<Result<readonly string[], Failure>> {
  const names = [...new Set(elsewhere.plan.ssh?.hosts ?? [])];
  const answers: Answered[] = [];
  for (let from = 0; from < names.length && !signal.aborted; from += AT_ONCE) {
    const asked = names.slice(from, from + AT_ONCE).map((host) => ask(host, elsewhere, { handover, signal }));
    answers.push(...(await Promise.all(asked)));
  }
  if (signal.aborted) {
    return failed({ reason: 'interrupted' });
  }
  const missing = answers.find(({ failure }) => failure?.reason === 'tool-missing')?.failure;
  if (missing !== undefined) {
    return failed(missing);
  }
  return sorted(answers, elsewhere);
}

function sorted(answers: readonly Answered[], { tell }: Elsewhere): Result<readonly string[], Failure> {
  const machines = new Map<string, string>();
  const unfit: { host: string; detail: string }[] = [];
  for (const { host, ready, detail } of answers) {
    const other = ready === undefined ? undefined : machines.get(ready.machine);
    if (ready === undefined) {
      unfit.push({ host, detail });
    } else if (other === undefined) {
      machines.set(ready.machine, host);
    } else {
      tell(`${host} and ${other} are one machine: only ${other} is used`, 'warning');
    }
  }
  if (machines.size === 0) {
    return failed({ reason: 'no-host', hosts: unfit });
  }
  unfit.forEach(({ host, detail }) => tell(`${host} is left out: ${detail}`, 'warning'));
  return success([...machines.values()]);
}

interface Answered {
  readonly host: string;
  readonly ready?: Ready;
  /** Why it cannot. */
  readonly detail: string;
  readonly failure?: Failure;
}

async function ask(
  host: string,
  { plan, folder, handovers }: Elsewhere,
  { handover, signal }: { readonly handover: number; readonly signal: AbortSignal },
): Promise<Answered> {
  const [program = 'ssh', ...options] = sshCommand(plan);
  const said = await runCommand({
    program,
    arguments: [...options, '--', host, shellText([...handovers.command({ number: handover }), 'ready'])],
    folder: folder.path,
    environment: userEnvironment(),
    timeoutMilliseconds: PATIENCE,
    neededBy: 'a sweep on other hosts',
    signal,
  });
  const ready = said.ok ? parseReady(said.value.stdout) : undefined;
  if (ready === undefined) {
    return { host, ...whyNot(said) };
  }
  return ready.version === ownVersion()
    ? { host, ready, detail: '' }
    : { host, detail: `it has bootlap ${ready.version}, and this is ${ownVersion()}` };
}

function whyNot(said: Awaited<ReturnType<typeof runCommand>>): Pick<Answered, 'detail' | 'failure'> {
  if (said.ok) {
    return { detail: 'what answers there is not bootlap' };
  }
  const { failure } = said;
  if (failure.reason !== 'command-failed') {
    return { failure, detail: failure.reason };
  }
  if (failure.timedOut === true) {
    return { detail: `no answer within ${PATIENCE / 1000} s` };
  }
  const words = failure.lastLines.map((line) => line.trim()).filter((line) => line !== '');
  // Of what ssh says, the last line has the reason; of what bootlap says, the first.
  const own = words.find((line) => line.startsWith('error: ') || line.startsWith('✖'));
  return { detail: own ?? words.at(-1) ?? `ssh ended with status ${failure.status ?? 'unknown'}` };
}
