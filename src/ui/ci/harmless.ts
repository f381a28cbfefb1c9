import type { CiService } from '../../system/ci.js';

/**
 * Text as it may stand in a job's log: what a compiler, a guest or a file name has in it must not be taken for a
 * command. GitHub's runner reads `::command::` at the beginning of a line, white space before it or not, and the older
 * `##[command]` anywhere in one; it ends lines at a lone carriage return, too. GitLab reads `section_start:` and
 * `section_end:`. What would be one gets a space; JSON keeps its meaning.
 */
export function harmless(text: string, service: CiService): string {
  const inLine = service === 'github' ? harmlessForGithub : harmlessForGitlab;
  return text
    .split(/(\r\n|\n|\r)/)
    .map(inLine)
    .join('');
}

function harmlessForGithub(line: string): string {
  return line.replace(/^([\s\u0085]*):(?=:)/u, '$1: ').replaceAll('##[', isJson(line) ? '##\\u005b' : '## [');
}

function harmlessForGitlab(line: string): string {
  return line.replace(/section_(start|end):(?=\d)/g, isJson(line) ? 'section\\u005f$1:' : 'section_$1 :');
}

/** Our own lines for programs, which read their meaning: commands can stand in their strings only. */
function isJson(line: string): boolean {
  return line.startsWith('{"') && line.endsWith('}');
}
