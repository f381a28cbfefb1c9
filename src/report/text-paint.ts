/** Weights and colours of a terminal, as far as a report uses them. */
export interface TextPaint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const same = (text: string): string => text;

/** Leaves every text as it is. */
export const plain: TextPaint = { bold: same, dim: same, red: same, yellow: same, cyan: same };

/** How the terminal's table is drawn. */
export interface TableOptions {
  /** Columns that a line may take; 80 without it. */
  readonly width?: number;
  /** Colours; none without it. */
  readonly paint?: TextPaint;
}
