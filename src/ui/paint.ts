/** Colours and weights for a terminal. Each function gives its text back, with or without escapes around it. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const same = (text: string): string => text;

/** Leaves every text as it is. */
export const plainPaint: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

/** Paints with the sixteen colours that every terminal has. */
export const colourPaint: Paint = {
  bold: escaped(1, 22),
  dim: escaped(2, 22),
  red: escaped(31, 39),
  green: escaped(32, 39),
  yellow: escaped(33, 39),
  cyan: escaped(36, 39),
};

function escaped(on: number, off: number): (text: string) => string {
  return (text) => `\u001B[${on}m${text}\u001B[${off}m`;
}

/** What decides about colours: the three variables of the environment and whether a terminal listens. */
export interface ColourWish {
  readonly isTty: boolean;
  readonly term: string | undefined;
  readonly noColour: string | undefined;
  readonly forceColour: string | undefined;
}

/** NO_COLOR wins where it is not empty, then FORCE_COLOR (`0` and `false` mean none), then whether a terminal can do it. */
export function wantsColour({ isTty, term, noColour, forceColour }: ColourWish): boolean {
  if (noColour !== undefined && noColour !== '') {
    return false;
  }
  if (forceColour !== undefined) {
    return forceColour !== '0' && forceColour !== 'false';
  }
  return isTty && term !== 'dumb';
}
