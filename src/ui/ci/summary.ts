import type { StepFailure } from '../../core/event.js';
import { codeBlock } from '../../report/markdown-block.js';
import { explainFailure } from '../failure-text/index.js';

/** A failure for the summary of a job's step, in Markdown. */
export function failureMarkdown({ step, failure }: StepFailure): string {
  const { headline, details, quoted = [], hint } = explainFailure(failure);
  const lines = [step === undefined ? headline : `${step}: ${headline}`, ...details, ...quoted, '', `next: ${hint}`];
  return `### bootlap: ${step === undefined ? 'not done' : 'a step failed'}\n\n${codeBlock('text', lines.join('\n'))}\n`;
}

/** What GitHub takes of one step; of a longer summary it shows nothing at all. */
const MOST_BYTES = 1024 * 1024;
const CUT = "\n\n_The rest is left out: a summary has 1 MiB at most. The whole is in the run's folder._\n";

/** What may be added to a summary that has `before` bytes already: cut between two lines where it is too long. */
export function withinSummary(markdown: string, before: number): string {
  const room = MOST_BYTES - before;
  if (Buffer.byteLength(markdown) <= room) {
    return markdown;
  }
  const kept: string[] = [];
  let bytes = Buffer.byteLength(CUT);
  for (const line of markdown.split('\n')) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > room) {
      break;
    }
    kept.push(line);
  }
  return kept.length === 0 ? '' : `${kept.join('\n')}${CUT}`;
}
