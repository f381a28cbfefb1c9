/**
 * Whether a file of a kernel's source has a say in its configuration: the Kconfig files, the programs and Makefiles
 * that read them, and the ready-made configurations. A patch to any other file leaves the `.config` as it is.
 */
export function concernsConfiguration(path: string): boolean {
  return /(^|\/)(Kconfig|Makefile|Kbuild)[^/]*$|^scripts\/|(^|\/)configs\/|\.config$|^tools\/build\//.test(path);
}
