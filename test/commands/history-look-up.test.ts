import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lookUpIn } from '../../src/commands/history/look-up.js';
import type { Step } from '../../src/core/step.js';
import { workspaceAt } from '../../src/engine/index.js';
import { sideOf } from '../rig/measured.js';
import { temporaryFolders } from '../rig/folder.js';
import { run, tinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();
const { summary } = sideOf();

/** Runs two pipelines in one workspace; gives what is told of an input between the two. */
async function between(
  workspace: string,
  [before, now]: [readonly Step[], readonly Step[]],
): Promise<(input: string) => readonly string[]> {
  await run({ workspace, steps: before });
  // Ids are told apart by the second and two random bytes.
  const first = runsIn(workspace);
  const force = now.flatMap(({ name }) => (name.startsWith('pin:') ? [name] : []));
  await run({ workspace, steps: now, selection: { force } });
  const second = runsIn(workspace).filter((id) => !first.includes(id));
  return (input) =>
    lookUpIn(workspaceAt(workspace))(input, { id: first[0] ?? '', summary }, { id: second[0] ?? '', summary });
}

function runsIn(workspace: string): string[] {
  return readdirSync(join(workspace, 'runs')).filter((name) => name !== 'latest');
}

test('why a component is another one is told by the patch that is new and the tool that is another one', async () => {
  const base = folder();
  const patch = join(base, 'wait.patch');
  writeFileSync(patch, 'wait');
  const steps = (files: Record<string, string>, level: number): Step[] => [
    tinyStep({ name: 'patch:firmware', files }),
    tinyStep({ name: 'make:firmware', upstream: ['patch:firmware'], params: { level } }),
    tinyStep({ name: 'make:kernel', params: { level } }),
  ];
  const workspace = join(base, 'ws');
  const told = await between(workspace, [steps({}, 1), steps({ 'wait.patch': patch }, 2)]);
  expect(told('firmware')).toEqual([
    'patch:firmware: file wait.patch is new',
    'make:firmware: parameter level: 1 -> 2',
  ]);
  expect(told('kernel')).toEqual(['make:kernel: parameter level: 1 -> 2']);
  expect(told('hypervisor')).toEqual([]);
  rmSync(join(workspace, 'cache'), { recursive: true });
  expect(told('firmware')).toEqual([]);
});

test('another version of a package is told by both versions', async () => {
  const steps = (version: string): Step[] => [
    tinyStep({ name: 'pin:kernel', text: () => JSON.stringify({ kind: 'apt', version }) }),
    tinyStep({ name: 'fetch:kernel', upstream: ['pin:kernel'] }),
  ];
  const told = await between(join(folder(), 'ws'), [steps('6.1.192-1'), steps('6.1.195-1')]);
  expect(told('kernel')).toEqual(['fetch:kernel: version 6.1.192-1 -> 6.1.195-1']);
});

test('a program that is installed is told by its version, not by its files', async () => {
  const steps = (version: string): Step[] => {
    const source = JSON.stringify({ kind: 'installed', version: 'x', package: { name: 'qemu', version } });
    const fetched = tinyStep({ name: 'fetch:hypervisor', params: { version }, folder: { 'source.json': source } });
    const out = fetched.outputs['out'];
    return out === undefined
      ? []
      : [
          {
            ...fetched,
            outputs: { source: out },
            run: (context) => fetched.run({ ...context, output: () => context.output('source') }),
          },
        ];
  };
  const told = await between(join(folder(), 'ws'), [steps('7.2-1'), steps('7.2-2')]);
  expect(told('hypervisor')).toEqual(['fetch:hypervisor: qemu 7.2-1 -> qemu 7.2-2']);
});
