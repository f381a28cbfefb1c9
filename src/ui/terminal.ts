import { fstatSync } from 'node:fs';
import { ciJob, type CiService } from '../system/ci.js';
import { environmentVariable } from '../system/environment.js';
import { harmless } from './ci/harmless.js';
import { colourPaint, type Paint, plainPaint, wantsColour } from './paint.js';

/** Where text for a person goes. */
export interface Terminal {
  readonly paint: Paint;
  /** True where the cursor can be moved: a terminal that is not dumb, and no CI. */
  readonly interactive: boolean;
  /** Width in characters; infinite for a pipe or a file, which has none. */
  columns(): number;
  /** Writes text as it is; in a job's log, so that nothing in it is taken for a command. */
  write(text: string): void;
  /** There where the text goes to the log of a job whose service reads commands from it. */
  readonly ci?: CiChannel;
}

/** The way past {@link Terminal.write} for the commands that we mean. */
export interface CiChannel {
  readonly service: CiService;
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
    ...writing(stream),
  };
}

function writing(stream: NodeJS.WriteStream): Pick<Terminal, 'write' | 'ci'> {
  const write = (text: string): void => void stream.write(text);
  const job = ciJob();
  if (job === undefined || isRegularFile(stream)) {
    return { write };
  }
  const { service } = job;
  return { write: (text) => write(harmless(text, service)), ci: { service, write } };
}

/** What goes to a file of the user's is no part of the log. */
function isRegularFile(stream: NodeJS.WriteStream & { readonly fd?: number }): boolean {
  try {
    return stream.fd !== undefined && fstatSync(stream.fd).isFile();
  } catch {
    return false;
  }
}

function isContinuousIntegration(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '' && variable !== '0' && variable !== 'false';
}
