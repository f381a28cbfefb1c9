/** A command that GitHub's runner reads out of a log. */
export interface JobCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** What the runner knows; a few of these change the job. */
const KNOWN = [
  'group',
  'endgroup',
  'error',
  'warning',
  'notice',
  'debug',
  'set-output',
  'set-env',
  'save-state',
  'add-path',
  'add-mask',
  'add-matcher',
  'remove-matcher',
  'stop-commands',
  'echo',
];

/** The commands in a log, read as the runner does: lines end at CR, LF or both; the newer form first, then the older one. */
export function jobCommands(log: string): JobCommand[] {
  return log.split(/\r\n|\n|\r/).flatMap((line) => newForm(line) ?? oldForm(line) ?? []);
}

function newForm(line: string): JobCommand | undefined {
  const text = line.replace(/^[\s\u0085]+/u, '');
  const end = text.startsWith('::') ? text.indexOf('::', 2) : -1;
  return end < 0 ? undefined : commandOf(text.slice(2, end), text.slice(end + 2), ',');
}

function oldForm(line: string): JobCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  return end < 0 ? undefined : commandOf(line.slice(start + 3, end), line.slice(end + 1), ';');
}

function commandOf(head: string, data: string, separator: string): JobCommand | undefined {
  const [name = '', ...rest] = head.trim().split(' ');
  if (!KNOWN.includes(name)) {
    return undefined;
  }
  const pairs = rest
    .join(' ')
    .split(separator)
    .filter((pair) => pair.includes('='))
    .map((pair): [string, string] => [
      pair.slice(0, pair.indexOf('=')).trim(),
      unescaped(pair.slice(pair.indexOf('=') + 1)),
    ]);
  return { name, properties: Object.fromEntries(pairs), data: unescaped(data) };
}

function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

/** The values that were written to the file behind GITHUB_OUTPUT. */
export function jobOutputs(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split('\n');
  while (lines.length > 0) {
    const [name = '', delimiter] = (lines.shift() ?? '').split('<<');
    if (delimiter === undefined) {
      const [key = '', value] = name.split('=');
      Object.assign(values, value === undefined ? {} : { [key]: value });
      continue;
    }
    const end = lines.indexOf(delimiter);
    values[name] = lines.splice(0, end).join('\n');
    lines.shift();
  }
  return values;
}
