/** A block of code in Markdown, which nothing in the text can get out of. */
export function codeBlock(language: 'sh' | 'text', text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
