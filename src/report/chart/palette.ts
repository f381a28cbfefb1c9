/** The colours of a chart, each as CSS takes it. */
export interface Palette {
  /** Of text. */
  readonly ink: string;
  /** Of axes' numbers and remarks. */
  readonly faint: string;
  readonly grid: string;
  /** What a chart lies on; `transparent` where that is not known. */
  readonly surface: string;
  /** Of text in a phase's bar. */
  readonly onPhase: string;
  /** Of a boot that failed. */
  readonly failed: string;
  /** Of phases and points, in their order; there are enough for a boot's usual three or four. */
  readonly phases: readonly string[];
  /** Of A and of B in a comparison: blue and orange, which are told apart by those who see fewer colours, too. */
  readonly sides: Readonly<Record<'a' | 'b', string>>;
}

const PHASES = 6;

/** For a page whose style sheet sets the variables, differently in the light and in the dark. */
export const pagePalette: Palette = {
  ink: 'var(--ink)',
  faint: 'var(--faint)',
  grid: 'var(--grid)',
  surface: 'var(--surface)',
  onPhase: 'var(--on-phase)',
  failed: 'var(--failed)',
  phases: Array.from({ length: PHASES }, (_, index) => `var(--phase-${index + 1})`),
  sides: { a: 'var(--side-a)', b: 'var(--side-b)' },
};

/**
 * For an image whose background is not known. Of a relative luminance of about 0.18 each, which gives a contrast of
 * at least 4:1 against white and against the near-black of dark pages, and as much to white text on it.
 */
export const neutralPalette: Palette = {
  ink: '#757d87',
  faint: '#757d87',
  grid: '#8b949e55',
  surface: 'transparent',
  onPhase: '#ffffff',
  failed: '#d6454f',
  phases: ['#2f7bc8', '#b8650f', '#24865a', '#9a5fd0', '#bf4d8a', '#5a7f1e'],
  sides: { a: '#2f7bc8', b: '#b8650f' },
};

/** The colour of the phase or point at an index; they repeat when they run out. */
export function phaseColor({ phases, ink }: Palette, index: number): string {
  return phases[index % phases.length] ?? ink;
}
