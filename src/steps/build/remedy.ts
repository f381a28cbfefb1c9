import type { BuildRemedy } from '../../core/failures/build.js';
import type { Build } from '../../recipe/schema.js';

/** `f.c:1:2: error: unused variable 'x' [-Werror=unused-variable]`; clang writes `[-Werror,-Wunused-variable]`. */
const STRICT = /\berror: .*\[-W(?:error[=,])?(?:-W)?([\w+-]+)=?\]$/;
/** What gcc says after `-Werror`; after `-Werror=unused-variable` it says "some". */
const ALL_STRICT = /\ball warnings being treated as errors/;
const PIE_LINK = /relocation R_\w+ .* PIE\b/;
const OTHER = /\berror: |undefined reference|cannot find -l/;

type Kind = BuildRemedy['kind'] | 'none';

/**
 * Listens to a build for an error that an option of the compiler cures: compilers of today make position-independent
 * programs, and take for errors what older ones only warned of. The first error decides; others may follow from it.
 */
export class RemedyWatch {
  private kind: Kind | undefined;
  private isPieLink = false;
  private isAll = false;
  private readonly warnings = new Set<string>();

  hear(line: string): void {
    this.kind ??= kindOf(line);
    this.isPieLink ||= PIE_LINK.test(line);
    const warning = STRICT.exec(line)?.[1];
    // gcc names no warning where none can be switched: `[-Werror]`.
    this.isAll ||= ALL_STRICT.test(line) || warning === 'error';
    if (warning !== undefined && warning !== 'error') {
      this.warnings.add(warning);
    }
  }

  /** What would have to be in the recipe; `undefined` where no option helps. */
  found(system: Build['system']): BuildRemedy | undefined {
    const { kind } = this;
    if (kind === undefined || kind === 'none') {
      return undefined;
    }
    const key = system === 'meson' ? 'cflags' : 'cc-options';
    if (kind === 'position-independent') {
      return { kind, key, add: ['-fno-pie', ...(this.isPieLink ? ['-no-pie'] : [])] };
    }
    const orArgument = system === 'configure' && this.isAll ? { orArgument: '--disable-werror' } : {};
    return { kind, key, add: this.lenient(system), ...orArgument };
  }

  private lenient(system: Build['system']): readonly string[] {
    // A plain Makefile's own -Werror stands behind our options, and would win over a -Wno-error.
    const isNamed = this.warnings.size > 0 && (!this.isAll || system === 'make');
    return isNamed ? [...this.warnings].map((warning) => `-Wno-error=${warning}`) : ['-Wno-error'];
  }
}

function kindOf(line: string): Kind | undefined {
  if (STRICT.test(line)) {
    return 'warnings-as-errors';
  }
  if (line.includes('_GLOBAL_OFFSET_TABLE_') || PIE_LINK.test(line)) {
    return 'position-independent';
  }
  return OTHER.test(line) ? 'none' : undefined;
}
