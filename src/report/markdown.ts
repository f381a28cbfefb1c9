import { phaseSpans } from './chart/phase-spans.js';
import { estimateText } from './estimate.js';
import { markdownTable } from './markdown-table.js';
import { isHandmade, reproduceCommand, type ReproduceRequest } from './reproduce.js';
import type { PointSummary, Summary } from './summary.js';
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
  const { summary } = request;
  const parts = [
    `# ${summary.recipe.name}: where a boot's time goes`,
    summary.recipe.description,
    totalLine(summary),
    phaseTable(summary),
    warningList(summary),
    ...(summary.apart === undefined ? [] : [apartTable(summary.apart)]),
    reproduction(request),
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
  const facts = [machineLine(summary), ...cpuLines(summary), `method "${summary.measured.method}"`];
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

function warningList({ warnings }: Summary): string {
  return warnings
    .map((warning) => warningText(warning))
    .map(({ text, advice }) => `- **${text}**; ${advice}`)
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
  const command = ['```sh', reproduceCommand(request).join(' \\\n  '), '```'].join('\n');
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

function hostTable({ host }: Summary): string {
  const { mitigations, load, ...facts } = host;
  const rows = Object.entries(facts).map(([name, value]) => [name, JSON.stringify(value).replaceAll('"', '')]);
  return markdownTable(['', ''], [...rows, ['load', load.join(' ')], ...Object.entries(mitigations)]);
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
