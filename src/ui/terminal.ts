import { environmentVariable } from '../system/environment.js';
import { colourPaint, type Paint, plainPaint, wantsColour } from './paint.js';

/** Where text for a person goes. */
export interface Terminal {
  readonly paint: Paint;
  /** True where the cursor can be moved: a terminal that is not dumb, and no CI. */
  readonly interactive: boolean;
  /** Width in characters; infinite for a pipe or a file, which has none. */
  columns(): number;
  /** Writes text as it is. */
  write(text: string): void;
}

/** The terminal, pipe or file behind one of this process's streams. A reader that has gone away is no trouble. */
export function terminalOf(stream: NodeJS.WriteStream): Terminal {
  // Node reports a closed pipe (`bootlap plan | head`) as an error event, and with nobody listening it would throw.
  stream.on('error', () => undefined);
  const isTty = stream.isTTY;
  const term = environmentVariable('TERM');
  const colour = wantsColour({
    isTty,
    term,
    noColour: environmentVariable('NO_COLOR'),
    forceColour: environmentVariable('FORCE_COLOR'),
  });
  return {
    paint: colour ? colourPaint : plainPaint,
    interactive: isTty && term !== 'dumb' && !isContinuousIntegration(environmentVariable('CI')),
    columns: () => (isTty ? stream.columns : Number.POSITIVE_INFINITY),
    write: (text) => void stream.write(text),
  };
}

function isContinuousIntegration(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '' && variable !== '0' && variable !== 'false';
}
