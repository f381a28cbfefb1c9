/** What a name in a bundle is made of: letters, digits and the signs that file names of ours and of libraries have. */
const OTHER_SIGNS = /[^A-Za-z0-9._+@~:,=-]/g;
/** A tar has room for 100; the longest are those of patches, with a number before what their author called them. */
const LONGEST = 80;

/** Whether a name can be in a bundle. */
export function isPlainName(name: string): boolean {
  return name !== '' && name.search(OTHER_SIGNS) < 0;
}

/** A path as names in a bundle are: no step up, no sign that they do not have, no name that is too long. */
export function plainPath(path: string): string {
  return path
    .split('/')
    .map((name) => (/^\.\.?$/.test(name) ? '_' : name.replaceAll(OTHER_SIGNS, '_').slice(0, LONGEST)))
    .join('/');
}
