/** How GitHub's runner is told things: lines of the form `::command key=value,key=value::text`. */

/** Where something is, for an annotation. */
export interface Place {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** What is marked in a job, and in the changed files of a pull request where it has a place. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  readonly place?: Place;
}

/** The line that makes an annotation, with its line feed. */
export function annotationLine({ level, title, message, place }: Annotation): string {
  return workflowCommand(level, { file: place?.file, line: place?.line, col: place?.column, title }, message);
}

/** The line that begins a folded part of the log. */
export function groupStart(title: string): string {
  return workflowCommand('group', {}, title);
}

/** The line that ends it. */
export const GROUP_END = '::endgroup::\n';

type Properties = Readonly<Record<string, string | number | undefined>>;

function workflowCommand(name: string, properties: Properties, message: string): string {
  const written = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapedProperty(String(value))}`],
  );
  return `::${name}${written.length === 0 ? '' : ` ${written.join(',')}`}::${escapedData(message)}\n`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** One value for later steps, as the file behind GITHUB_OUTPUT takes it. `delimiter`: a line that is not in the value. */
export function outputLines(name: string, value: string, delimiter: string): string {
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}
