import { dirname, join } from 'node:path';
import { attempt, readTextIfThere } from './files.js';

/** Where the kernel tells of its processors. */
export interface ProcessorSources {
  /** File with those that run: `0-3,8`. */
  readonly online: string;
  /** File with the control groups of this process. */
  readonly groups: string;
  /** Folder of all control groups. */
  readonly cgroup: string;
}

const THIS_MACHINE: ProcessorSources = {
  online: '/sys/devices/system/cpu/online',
  groups: '/proc/self/cgroup',
  cgroup: '/sys/fs/cgroup',
};

/**
 * The logical processors that a process of ours can be bound to, ascending: those that run, as far as our control group
 * lets us have them, as that of a container may not. `undefined` where the kernel does not tell.
 * @param sources those of this machine where they are not given
 */
export function bindableProcessors(sources: ProcessorSources = THIS_MACHINE): readonly number[] | undefined {
  const granted = placesOfGroups(sources).map((places) => places.map(listIn).find((list) => list !== undefined));
  return listIn(sources.online)?.filter((cpu) => granted.every((list) => list === undefined || list.includes(cpu)));
}

/**
 * Of each hierarchy that can say so, the files that may list the processors of our group, the nearest first: a group
 * without one has those of the group above. In a container the names above may be those of its host, and end at its root.
 */
function placesOfGroups({ groups, cgroup }: ProcessorSources): string[][] {
  const text = attempt(groups, () => readTextIfThere(groups));
  const lines = text.ok ? (text.value ?? '').split('\n') : [];
  return lines.flatMap((line) => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === '') {
      return [];
    }
    if (controllers === '') {
      return [cgroup, join(cgroup, 'unified')].map((root) => upFrom(root, path, 'cpuset.cpus.effective'));
    }
    const hasList = controllers.split(',').includes('cpuset');
    return hasList ? [upFrom(join(cgroup, 'cpuset'), path, 'cpuset.effective_cpus')] : [];
  });
}

function upFrom(root: string, path: string, file: string): string[] {
  const place = join(root, path, file);
  return path === '/' ? [place] : [place, ...upFrom(root, dirname(path), file)];
}

/** Numbers of a kernel's list: `0-2,8` -> 0, 1, 2, 8. */
export function parseProcessors(text: string): number[] {
  const parts = text.trim().split(',').filter(Boolean);
  return parts.flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** The other way round: 0, 1, 2, 8 -> `0-2,8`. */
export function processorsText(processors: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const cpu of processors) {
    const run = runs.at(-1);
    if (run?.last === cpu - 1) {
      run.last = cpu;
    } else {
      runs.push({ first: cpu, last: cpu });
    }
  }
  return runs.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** `undefined` where there is no such file, or nothing in it: then somebody above decides. */
function listIn(path: string): number[] | undefined {
  const text = attempt(path, () => readTextIfThere(path));
  const list = parseProcessors(text.ok ? (text.value ?? '') : '');
  return list.length === 0 ? undefined : list;
}
