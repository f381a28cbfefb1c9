/** Tells a base that is a file from one that is a make target. */
export function isFile(base: string): boolean {
  return base.includes('/');
}
