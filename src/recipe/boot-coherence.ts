import { misnamed, type Fault } from './fault.js';
import type { Phase, Recipe } from './schema.js';
import { oneOf } from './shape.js';

/** What does not fit together in how a recipe boots: its points, its phases, its first program. */
export function bootFaults(recipe: Recipe): readonly Fault[] {
  return [...fineFaults(recipe), ...initFaults(recipe), ...pointFaults(recipe), ...phaseFaults(recipe)];
}

function fineFaults({ kernel, points }: Recipe): readonly Fault[] {
  if (kernel.points !== 'fine') {
    return [];
  }
  if (kernel.fine === undefined) {
    const expected = 'coarse: this kernel has no "fine:" that says which points it has besides';
    return [{ path: ['kernel', 'points'], found: '"fine"', expected }];
  }
  return unknownPoint(['kernel', 'fine', 'before'], kernel.fine.before, points);
}

/** A program that the command line names is started instead of that of the initial RAM disk. */
function initFaults({ init, machine, matrix }: Recipe): readonly Fault[] {
  const lines: readonly (readonly [Fault['path'], string])[] = matrix?.append?.map((line, index) => [
    ['matrix', 'append', index],
    line,
  ]) ?? [[['machine', 'append'], machine.append]];
  return init === 'none' ? [] : lines.flatMap(([path, line]) => otherInit(path, line));
}

function otherInit(path: Fault['path'], line: string): Fault[] {
  const instead = line.split(/\s+/).find((word) => /^rdinit=(?!\/init$)/.test(word));
  const expected = 'no "rdinit=": with "init: builtin" the kernel has to start /init, which it does by itself';
  return instead === undefined ? [] : [{ path, found: JSON.stringify(instead), expected }];
}

function pointFaults({ points }: Recipe): readonly Fault[] {
  return points.flatMap((point, index) => {
    const before = points.slice(0, index);
    const faults: Fault[] = [];
    if (before.some((other) => other.name === point.name)) {
      faults.push({
        path: ['points', index, 'name'],
        found: `"${point.name}" again`,
        expected: 'a name for each point alone',
      });
    }
    const twin = before.find((other) => other.port === point.port && other.value === point.value);
    if (twin !== undefined) {
      const found = `port ${point.port} and value ${point.value}, as "${twin.name}" has`;
      faults.push({ path: ['points', index, 'value'], found, expected: 'a port and value that no other point has' });
    }
    return faults;
  });
}

function phaseFaults({ phases, points }: Recipe): readonly Fault[] {
  return phases.flatMap((phase, index) => {
    const path = ['phases', index] as const;
    const faults = [
      ...(phase.from === undefined ? [] : unknownPoint([...path, 'from'], phase.from, points)),
      ...unknownPoint([...path, 'to'], phase.to, points),
    ];
    if (phase.from === phase.to) {
      faults.push({ path: [...path, 'from'], found: `"${phase.to}" at both ends`, expected: 'two different points' });
    }
    if (phases.slice(0, index).some((other) => other.name === phase.name)) {
      const expected = 'a name for each phase alone';
      faults.push({ path: [...path, 'name'], found: `"${phase.name}" again`, expected });
    }
    return faults.length > 0 ? faults : partFaults(index, { phases, points });
  });
}

function unknownPoint(path: Fault['path'], name: string, points: Recipe['points']): Fault[] {
  const known = points.map((point) => point.name);
  const expected = `the name of a point: ${oneOf(known)}`;
  return known.includes(name) ? [] : [misnamed(path, name, { known, expected })];
}

/** A phase that is a part of another is shorter than that and lies in it, so no two can be parts of each other. */
function partFaults(index: number, { phases, points }: Pick<Recipe, 'phases' | 'points'>): readonly Fault[] {
  const part = phases[index];
  if (part?.in === undefined) {
    return [];
  }
  const whole = phases.find(({ name }) => name === part.in);
  if (whole === undefined) {
    const known = phases.map(({ name }) => name).filter((name) => name !== part.name);
    const expected = `the name of a phase: ${oneOf(known)}`;
    return [misnamed(['phases', index, 'in'], part.in, { known, expected })];
  }
  const [inner, outer] = [spanOf(part, points), spanOf(whole, points)];
  if (inner.begin >= outer.begin && inner.end <= outer.end && inner.end - inner.begin < outer.end - outer.begin) {
    return [];
  }
  const expected = `a part of "${whole.name}", which is ${ends(whole)}`;
  return [{ path: ['phases', index, 'in'], found: `a phase ${ends(part)}`, expected }];
}

/** Places in the order of the points; the start of the VM comes before the first. */
function spanOf({ from, to }: Phase, points: Recipe['points']): { readonly begin: number; readonly end: number } {
  const place = (wanted: string): number => points.findIndex(({ name }) => name === wanted);
  return { begin: from === undefined ? -1 : place(from), end: place(to) };
}

function ends({ from, to }: Phase): string {
  return from === undefined ? `from the start of the VM to "${to}"` : `from "${from}" to "${to}"`;
}
