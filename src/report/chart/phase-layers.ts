import type { Layer } from './drawing.js';
import type { Palette } from './palette.js';
import type { Frame, PhaseBlock } from './phase-shapes.js';

/** Both axes of a chart of phases: along the boot in the frame's unit, across it in pixels from the top. */
export function phaseScales({ unit, domain, height, width }: Frame): { x: object; y: object } {
  const axis = {
    title: `${unit.name} from the start of the VM`,
    tickCount: Math.max(3, Math.floor(width / 80)),
    grid: true,
  };
  return {
    x: { field: 'begin', type: 'quantitative', axis, scale: { domain, nice: false, zero: false } },
    y: {
      field: 'top',
      type: 'quantitative',
      axis: null,
      scale: { domain: [0, height], range: [0, height], nice: false },
    },
  };
}

/** A block of a stack with its colour, as CSS takes it. */
export interface PaintedBlock extends PhaseBlock {
  readonly color: string;
}

/** Phases one after the other, each with its name where it has room. */
export function stackLayers(blocks: readonly PaintedBlock[], frame: Frame, palette: Palette): Layer[] {
  const { x, y } = phaseScales(frame);
  const color = { field: 'color', type: 'nominal', scale: null } as const;
  return [
    {
      name: 'stack',
      data: { values: blocks },
      mark: { type: 'rect', cornerRadius: 2 },
      encoding: { x, x2: { field: 'end' }, y, y2: { field: 'bottom' }, color },
    },
    {
      name: 'stack-names',
      data: { values: blocks.filter(({ roomy }) => roomy) },
      mark: { type: 'text', color: palette.onPhase, fontWeight: 600, baseline: 'middle' },
      encoding: { x: { ...x, field: 'middle' }, y: { ...y, field: 'centre' }, text: { field: 'name' } },
    },
  ] as Layer[];
}

/** What fills a bar and what goes round it: a phase that ends before it begins is an outline only. */
export function bodyOf(
  { begin, end }: { begin: number; end: number },
  color: string,
): { fill: string; stroke: string } {
  return end < begin ? { fill: 'transparent', stroke: color } : { fill: color, stroke: 'transparent' };
}

/** Bars, of rows that have `begin`, `end`, `top`, `bottom`, `fill` and `stroke`. */
export function barLayer(values: readonly object[], frame: Frame): Layer {
  const { x, y } = phaseScales(frame);
  return {
    name: 'phases',
    data: { values },
    mark: { type: 'rect', cornerRadius: 2, strokeWidth: 1 },
    encoding: {
      x,
      x2: { field: 'end' },
      y,
      y2: { field: 'bottom' },
      fill: { field: 'fill', type: 'nominal', scale: null },
      stroke: { field: 'stroke', type: 'nominal', scale: null },
    },
  };
}

/** Intervals, of those rows that have one: a line with a stroke at each end. */
export function whiskerLayers(
  values: readonly { low?: number; high?: number }[],
  frame: Frame,
  { ink }: Palette,
): Layer[] {
  const { x, y } = phaseScales(frame);
  const data = { values: values.filter(({ low }) => low !== undefined) };
  const mark = { type: 'rule', color: ink, strokeWidth: 1.5 };
  const capTop = { y: { ...y, field: 'whiskerTop' }, y2: { field: 'whiskerBottom' } };
  return [
    {
      name: 'intervals',
      data,
      mark,
      encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y: { ...y, field: 'whisker' } },
    },
    { name: 'intervals-low', data, mark, encoding: { x: { ...x, field: 'low' }, ...capTop } },
    { name: 'intervals-high', data, mark, encoding: { x: { ...x, field: 'high' }, ...capTop } },
  ] as Layer[];
}

/** A text beside each row. */
export interface Beside {
  readonly name: string;
  readonly field: string;
  readonly x: { readonly value: number };
  readonly align: 'left' | 'right';
  /** As CSS takes it; without one that of all text. */
  readonly color?: string;
}

/** A text beside each row, at the height of its centre. */
export function besideLayer(values: readonly object[], frame: Frame, { name, field, x, align, color }: Beside): Layer {
  const { y } = phaseScales(frame);
  return {
    name,
    data: { values },
    mark: { type: 'text', align, baseline: 'middle', ...(color === undefined ? {} : { color, fontWeight: 600 }) },
    encoding: { x, y: { ...y, field: 'centre' }, text: { field, type: 'nominal' } },
  };
}
