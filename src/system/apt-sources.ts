import { parseFields } from './apt-stanza.js';

/**
 * Source entries of apt, sources.list(5), in both formats: pure text in, text out.
 */

/** One file of source entries: its name (`debian.sources`) and its text. */
export interface SourcesFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The same entries for a private apt: disabled ones and CD-ROMs are left out, and where only binary packages are
 * fetched from a place, its source packages are added. Options such as `Signed-By` stay as they are.
 */
export function privateSources(files: readonly SourcesFile[]): SourcesFile[] {
  const parsed = files.map((file) => ({ name: file.name, entries: parseSources(file) }));
  const known = new Set(
    parsed
      .flatMap((file) => file.entries)
      .filter(hasSources)
      .flatMap((entry) => entry.places),
  );
  return parsed
    .map(({ name, entries }) => ({ name, text: entries.map((entry) => withSources(entry, known)).join('\n') }))
    .filter((file) => file.text !== '');
}

/** One entry as its file has it. */
interface SourceEntry {
  readonly types: readonly string[];
  /** `uri suite component`, every combination. */
  readonly places: readonly string[];
  render(types: readonly string[]): string;
}

function hasSources(entry: SourceEntry): boolean {
  return entry.types.includes('deb-src');
}

function withSources(entry: SourceEntry, known: Set<string>): string {
  const covered = hasSources(entry) || entry.places.every((place) => known.has(place));
  entry.places.forEach((place) => known.add(place));
  return entry.render(covered ? entry.types : [...entry.types, 'deb-src']);
}

function parseSources(file: SourcesFile): SourceEntry[] {
  return file.name.endsWith('.sources') ? parseStanzas(file.text) : parseLines(file.text);
}

const LINE = /^(deb|deb-src)\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)(?:\s+(.*))?$/;

/** `deb [signed-by=/usr/share/keyrings/k.gpg] https://host/debian bookworm main contrib # remark` */
function parseLines(text: string): SourceEntry[] {
  const entries: SourceEntry[] = [];
  for (const line of text.split('\n')) {
    const [, type, options = '', uri, suite, components = ''] = LINE.exec(line.replace(/#.*/, '').trim()) ?? [];
    if (type === undefined || uri === undefined || suite === undefined || isDisc(uri)) {
      continue;
    }
    entries.push({
      types: [type],
      places: combinations([uri], [suite], words(components)),
      render: (types) =>
        types.map((kind) => `${kind} ${options}${uri} ${suite} ${components}`.trimEnd() + '\n').join(''),
    });
  }
  return entries;
}

/** Stanzas of `Field: value`, as deb822(5) has them; a line that begins with white space goes on with the last field. */
function parseStanzas(text: string): SourceEntry[] {
  const withoutRemarks = text.replace(/^#.*\n?/gm, '');
  return withoutRemarks.split(/\n[ \t]*(?:\n[ \t]*)+/).flatMap(parseStanza);
}

function parseStanza(stanza: string): SourceEntry[] {
  const fields = parseFields(stanza);
  const field = (name: string): string[] => words(fields.get(name) ?? '');
  const uris = field('uris').filter((uri) => !isDisc(uri));
  const enabled = !/^(no|false|without|off|disable|0)$/i.test(fields.get('enabled')?.trim() ?? 'yes');
  if (!enabled || uris.length === 0) {
    return [];
  }
  const entry: SourceEntry = {
    types: field('types'),
    places: combinations(uris, field('suites'), field('components')),
    render: (types) => `${stanza.trim().replace(/^types:.*$/im, `Types: ${types.join(' ')}`)}\n`,
  };
  return [entry];
}

function combinations(uris: readonly string[], suites: readonly string[], components: readonly string[]): string[] {
  const last = components.length === 0 ? [''] : components;
  return uris.flatMap((uri) =>
    suites.flatMap((suite) => last.map((component) => `${uri.replace(/\/+$/, '')} ${suite} ${component}`)),
  );
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** A disc asks for being put in, which nobody is there to do. */
function isDisc(uri: string): boolean {
  return uri.startsWith('cdrom:');
}
