/** Symbol (with `CONFIG_`) -> value; `n` for one that is switched off. */
export type Assignments = ReadonlyMap<string, string>;

const SET = /^(CONFIG_\w+)=(.*)$/;
const UNSET = /^# (CONFIG_\w+) is not set$/;

/** The assignments of a `.config` or a fragment; of several to one symbol the last counts. */
export function readAssignments(text: string): Assignments {
  const assignments = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, symbol, value] = SET.exec(line.trim()) ?? UNSET.exec(line.trim()) ?? [];
    if (symbol !== undefined) {
      assignments.set(symbol, value ?? 'n');
    }
  }
  return assignments;
}

/** A `.config` with fragments over it, the later over the earlier. Kconfig has yet to settle what follows from it. */
export function mergeConfig(base: string, fragments: readonly string[]): string {
  const merged = new Map(readAssignments(base));
  for (const [symbol, value] of fragments.flatMap((text) => [...readAssignments(text)])) {
    // To the end with it: of the members of a choice that are switched on, Kconfig takes the last.
    merged.delete(symbol);
    merged.set(symbol, value);
  }
  return [...merged]
    .map(([symbol, value]) => (value === 'n' ? `# ${symbol} is not set\n` : `${symbol}=${value}\n`))
    .join('');
}

/** What was asked for and is otherwise in the `.config` that Kconfig made. A symbol that is missing there is off. */
export function refusedSymbols(asked: Assignments, got: Assignments): { symbol: string; asked: string; got: string }[] {
  return [...asked].flatMap(([symbol, value]) => {
    const found = got.get(symbol) ?? 'n';
    return sameValue(value, found) ? [] : [{ symbol, asked: value, got: found }];
  });
}

/** Kconfig writes a number as it pleases: 0x10 for 16 and the other way round. */
function sameValue(one: string, other: string): boolean {
  const isNumber = /^-?(0x[\da-f]+|\d+)$/i;
  return one === other || (isNumber.test(one) && isNumber.test(other) && Number(one) === Number(other));
}
