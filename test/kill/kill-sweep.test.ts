import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtCli } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { makePartsProject } from '../rig/parts.js';
import { seededRandom } from '../../src/measure/random.js';

/** `npm run test:kill` asks for 120; the short form in `npm test` makes do with fewer. */
const KILLS = Number(process.env['BOOTLAP_KILLS'] ?? 12);
const SEED = Number(process.env['BOOTLAP_KILL_SEED'] ?? Date.now() % 1_000_000);
/** The share of runs that go back to an earlier version, whose result the cache may have. */
const RETURNS = 0.3;

const folder = temporaryFolders();

test(`after each of ${KILLS} kills at random instants the next run makes whole and current outputs (seed ${SEED})`, async () => {
  const base = folder();
  const project = makePartsProject(base);
  const workspace = join(base, 'ws');
  const args = [builtCli, 'run', project.recipe, '--until', 'make:firmware', '--workspace', workspace, '--json'];
  const random = seededRandom(SEED);
  project.setVersion(0);
  runToEnd(args);
  expect(project.faults(workspace, 0)).toEqual([]);
  project.setVersion(1);
  const usual = timed(() => runToEnd(args));
  const statuses: Record<string, number> = {};
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const version = random() < RETURNS ? Math.floor(random() * kill) : kill + 1;
    project.setVersion(version);
    await killAfter(args, random() * usual * 1.1);
    const status = runToEnd(args);
    statuses[status] = (statuses[status] ?? 0) + 1;
    expect(project.faults(workspace, version), `kill ${kill}, version ${version}, seed ${SEED}`).toEqual([]);
  }
  console.log(`kill sweep: ${KILLS} kills, 0 torn or stale; make:firmware was then ${JSON.stringify(statuses)}`);
}, 3_600_000);

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Runs to the end and gives the status of make:firmware. */
function runToEnd(args: readonly string[]): string {
  const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(result.status, result.stdout + result.stderr).toBe(0);
  const ends = result.stdout
    .split('\n')
    .filter((line) => line.includes('"event":"step"') && line.includes('make:firmware'));
  return (JSON.parse(ends[0] ?? '{}') as { status: string }).status;
}

/** Kills bootlap alone, as the out-of-memory killer would: what it has started lives on. */
async function killAfter(args: readonly string[], milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const exit = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  await exit;
  clearTimeout(timer);
}
