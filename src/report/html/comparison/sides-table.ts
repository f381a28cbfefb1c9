import { html, type Content, type Markup } from '../markup.js';
import { tableMarkup } from '../table.js';

/** What is known of A and of B. `undefined` where it is not known. */
export interface SidesFact {
  readonly name: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
  /** A digest, or the like: letters of equal width. */
  readonly code?: true;
}

/** Facts of both sides: first those in which they differ, marked, then what both have, said once. */
export function sidesTables(caption: string, facts: readonly SidesFact[]): Markup {
  const differing = facts.filter(({ a, b }) => a !== b);
  const same = facts.filter(({ a, b }) => a === b);
  return html`${differing.length === 0 ? undefined : differingTable(`${caption}: where A and B differ`, differing)}
  ${same.length === 0 ? undefined : sameTable(`${caption}: the same in A and B`, same)}`;
}

function differingTable(caption: string, facts: readonly SidesFact[]): Markup {
  return tableMarkup({
    caption,
    columns: [{ title: 'what' }, { title: 'A', kind: 'side' }, { title: 'B', kind: 'side' }],
    rows: facts.map((fact) => [
      html`<strong>≠</strong> ${fact.name}`,
      shown(fact.a, fact.code),
      shown(fact.b, fact.code),
    ]),
    differing: facts.map((_, index) => index),
  });
}

function sameTable(caption: string, facts: readonly SidesFact[]): Markup {
  return tableMarkup({
    caption,
    columns: [{ title: 'what' }, { title: 'A and B', kind: 'side' }],
    rows: facts.map(({ name, a, code }) => [name, shown(a, code)]),
  });
}

function shown(text: string | undefined, code: true | undefined): Content {
  return text === undefined ? 'not known' : code === true ? html`<code>${text}</code>` : text;
}

/** The facts of both sides by name, in A's order. */
export function sidesFacts(
  a: readonly (readonly [name: string, value: string])[],
  b: readonly (readonly [name: string, value: string])[],
  look: Pick<SidesFact, 'code'> = {},
): SidesFact[] {
  const [ours, theirs] = [new Map(a), new Map(b)];
  const names = [...new Set([...ours.keys(), ...theirs.keys()])];
  return names.map((name) => ({ name, a: ours.get(name), b: theirs.get(name), ...look }));
}
