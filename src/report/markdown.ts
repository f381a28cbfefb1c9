import { tunedText } from '../measure/tuned-record.js';
import { phaseSpans } from './chart/phase-spans.js';
import { estimateText } from './estimate.js';
import { codeBlock } from './markdown-block.js';
import { markdownTable } from './markdown-table.js';
import { withMarkdownTexts } from './markdown-text.js';
import { isHandmade, reproduceCommand, type ReproduceRequest } from './reproduce.js';
import type { PointSummary, Summary } from './summary.js';
import { cellPhaseTable, machineTable } from './cell-markdown.js';
import { baseText, cellsShown, cellWarnings } from './cell-text.js';
import { stoppedText } from './stopped-text.js';
import { cpuLines, machineLine } from './table.js';
import { warningText } from './warning-text.js';

/** What `report.md` is made from. */
export interface MarkdownRequest extends ReproduceRequest {
  readonly summary: Summary;
}

/**
 * `report.md`: the summary for a person, in the Markdown of GitHub. What a reader of a pull request or of a CI job
 * needs comes first: phases, warnings, how to do it again. The rest is folded up.
 */
export function markdownReport(request: MarkdownRequest): string {
  const summary = withMarkdownTexts(request.summary);
  const parts = [
    `# ${summary.recipe.name}: where a boot's time goes`,
    summary.recipe.description,
    totalLine(summary),
    phaseTable(summary),
    machineTable(summary),
    warningList(summary),
    ...(summary.apart === undefined ? [] : [apartTable(summary.apart)]),
    reproduction(request),
    ...(cellsShown(summary).length === 0 ? [] : [folded('Every phase of every machine', cellPhaseTable(summary))]),
    folded('Points', pointTable(summary.points)),
    ...(summary.other === undefined
      ? []
      : [folded(`Points by the method "${summary.other.method}"`, pointTable(summary.other.points))]),
    folded('Host', hostTable(summary)),
    folded('What was run', inputTable(summary)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function totalLine(summary: Summary): string {
  const last = summary.points.at(-1);
  const base = baseText(summary);
  const machine = [...(base === undefined ? [] : [`T${base.slice(1)}`]), machineLine(summary), ...cpuLines(summary)];
  const stopped = stoppedText(summary);
  const facts = [...machine, ...(stopped === undefined ? [] : [stopped]), `method "${summary.measured.method}"`];
  const under = `${facts.join('; ')}; ${summary.measured.lastBootAt}.`;
  if (last?.statistics === undefined) {
    return under;
  }
  const { median, interval, n } = last.statistics;
  const text = estimateText(median, interval);
  return `**${text.value}** ${text.interval} to "${last.label ?? last.name}": median of ${n} boots, 95 % interval. ${under}`;
}

function phaseTable(summary: Summary): string {
  const whole = summary.points.at(-1)?.statistics?.median ?? 0;
  const rows = phaseSpans(summary).map(({ name, depth, duration, interval }) => {
    const { label, from, to } = summary.phases.find((phase) => phase.name === name) ?? { to: '' };
    const text = duration === undefined ? undefined : estimateText(duration, interval);
    return [
      `${'&emsp;'.repeat(depth)}${label === undefined ? name : `${name}: ${label}`}`,
      text?.value ?? 'no figure',
      text?.interval ?? '',
      duration === undefined || whole <= 0 ? '' : `${Math.round((duration / whole) * 100)} %`,
      from ?? 'start of the VM',
      to,
    ];
  });
  return markdownTable(['phase', 'median', '95 % interval', 'share', 'from', 'to'], rows, [1, 3]);
}

function warningList(summary: Summary): string {
  return summary.warnings
    .map((warning) => warningText(warning))
    .map(({ text, advice }) => `- **${text}**; ${advice}`)
    .concat(cellWarnings(summary).map(({ text }) => `- **${text}**`))
    .join('\n');
}

function apartTable(apart: NonNullable<Summary['apart']>): string {
  const rows = apart.map(({ phase, difference, interval }) => {
    const text = estimateText(difference, interval);
    return [phase, text.value, text.interval];
  });
  return markdownTable(['phase', 'exit - trace', '95 % interval'], rows, [1]);
}

function reproduction(request: MarkdownRequest): string {
  const command = codeBlock('sh', reproduceCommand(request).join(' \\\n  '));
  return isHandmade(request) ? `The same again, with the files below:\n\n${command}` : command;
}

const FIGURES = ['min', 'p5', 'p25', 'p75', 'p90', 'p95', 'p99', 'max', 'mean', 'sd', 'mad'] as const;

function pointTable(points: readonly PointSummary[]): string {
  return markdownTable(
    ['point', 'n', 'failed', 'outliers', 'median', '95 % interval', ...FIGURES],
    points.map(pointRow),
  );
}

function pointRow({ name, label, statistics, failed }: PointSummary): string[] {
  const title = label === undefined ? name : `${name}: ${label}`;
  if (statistics === undefined) {
    return [title, '0', String(failed), ...Array.from({ length: 3 + FIGURES.length }, () => '-')];
  }
  const { n, outliers, median, interval } = statistics;
  const text = estimateText(median, interval);
  const rest = FIGURES.map((figure) => estimateText(statistics[figure]).value);
  return [title, String(n), String(failed), String(outliers), text.value, text.interval, ...rest];
}

function hostTable({ host, measured: { tuned } }: Summary): string {
  const { mitigations, load, ...facts } = host;
  // A text is Markdown already, and its escapes would be escaped again.
  const shown = (value: unknown): string =>
    typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
  const rows = Object.entries(facts).map(([name, value]) => [name, shown(value)]);
  const set = tuned === undefined ? [] : [['set for the boots (--tune)', tunedText(tuned)]];
  return markdownTable(['', ''], [...set, ...rows, ['load', load.join(' ')], ...Object.entries(mitigations)]);
}

function inputTable({ inputs }: Summary): string {
  return markdownTable(
    ['', 'SHA-256'],
    Object.entries(inputs).map(([name, digest]) => [name, `\`${digest}\``]),
  );
}

function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}
