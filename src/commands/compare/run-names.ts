/** The name of a comparison's run, of its step, and by which its outputs lie in the workspace. */
export const COMPARISON = 'compare';

/** By which B's outputs lie in the workspace where both recipes have one name. No recipe can be called so. */
export function nameOfSecond(recipe: string): string {
  return `${recipe}+b`;
}
