/**
 * Why figures cannot be had or cannot be trusted. Exit status 5, but for `kvm-required`, which is 6, and
 * `hypervisor-unfit`, which is 3.
 */
export type MeasureFailure = ProbeFailed | KvmRequired | BootsFailed | HypervisorUnfit;

/** The probe's boot for one point did not end as that point must. */
export interface ProbeFailed {
  readonly reason: 'probe-failed';
  /** Of a recipe with a matrix, the name of the machine that was booted. */
  readonly cell?: string;
  readonly point: string;
  /** The port, as a number. */
  readonly port: number;
  readonly expectedStatus: number;
  readonly diagnosis: Diagnosis;
  /** What the boot that failed was done with. */
  readonly accelerator: 'kvm' | 'tcg';
  /** There where the machine has no ISA bus, so that no port could be watched: a write to another port does not show. */
  readonly unwatched?: true;
  /** Last lines of the guest's console and the hypervisor's standard error. */
  readonly console: readonly string[];
  /** The exact command, to try by hand. */
  readonly command: readonly string[];
}

/** What was found out about a boot that did not end as it must. */
export type Diagnosis =
  /** The guest ran on past the point and never wrote to any port that was watched. */
  | { readonly kind: 'not-instrumented' }
  /** The value came, at another port. */
  | { readonly kind: 'wrong-port'; readonly port: number; readonly value: number }
  /** The port got another value. */
  | { readonly kind: 'wrong-value'; readonly expected: number; readonly found: number }
  /** The exit device spans more than one port and caught an earlier write. */
  | { readonly kind: 'iosize-overlap'; readonly caughtPort: number; readonly value: number }
  | { readonly kind: 'panic'; readonly message: string }
  | { readonly kind: 'triple-fault' }
  | { readonly kind: 'init-failed'; readonly trouble: InitTrouble }
  | { readonly kind: 'reboot' }
  | { readonly kind: 'hang'; readonly seconds: number; readonly lastPoint?: string }
  | { readonly kind: 'crash'; readonly signal: string }
  | {
      readonly kind: 'no-such-machine';
      readonly machine: string;
      readonly known: readonly string[];
      readonly nearest?: string;
    }
  | { readonly kind: 'no-such-device'; readonly device: string }
  /** The host's processor or its KVM does not have what the CPU model needs, nor what any fall-back needs. */
  | {
      readonly kind: 'cpu-refused';
      /** Missing where the recipe leaves it to the hypervisor. */
      readonly model?: string;
      readonly detail: string;
      /** Those that were tried, in vain. */
      readonly fallbacks: readonly string[];
    }
  /** KVM was taken because a boot got through with it, and then did not carry another one. */
  | { readonly kind: 'kvm-unusable'; readonly detail: string }
  | { readonly kind: 'hypervisor-error'; readonly message: string }
  | { readonly kind: 'other-status'; readonly status: number }
  /** Boots that end at the points come through, and a traced one, which the recipe asks for, does not. */
  | { readonly kind: 'untraceable'; readonly why: Untraceable };

/** Why the first program of the VM, the one that ships, did not write to its port. */
export type InitTrouble =
  /** The kernel has neither ioperm nor iopl. */
  | { readonly kind: 'no-port-access' }
  /** It has them and does not let a program have the port. */
  | { readonly kind: 'port-refused' }
  /** The kernel has it and cannot execute it; its (negative) error number. */
  | { readonly kind: 'not-executed'; readonly error: number }
  /** The kernel does not have it. */
  | { readonly kind: 'not-found' };

/** Why no boot shows all points. `no-isa-bus`: the machine has no place for the recorders. */
export type Untraceable =
  | { readonly kind: 'no-isa-bus' }
  | { readonly kind: 'wrong-value'; readonly point: string; readonly found: number }
  | { readonly kind: 'point-missing'; readonly points: readonly string[] }
  | { readonly kind: 'out-of-order'; readonly point: string; readonly after: string }
  /** The hypervisor complained and ended. */
  | { readonly kind: 'refused'; readonly detail: string };

/** The recipe asks for KVM, and KVM does not serve on this machine. */
export interface KvmRequired {
  readonly reason: 'kvm-required';
  /** Of a recipe with a matrix, the name of the machine that was to be booted. */
  readonly cell?: string;
  /** Machine type. */
  readonly machine: string;
  readonly obstacle: KvmObstacle;
  readonly instead: WithoutKvm;
  /** False where every component is a finished file. */
  readonly built: boolean;
  /** Last lines of the guest's console and the hypervisor's standard error. */
  readonly console: readonly string[];
  /** The exact command, to try by hand; empty where nothing was booted. */
  readonly command: readonly string[];
}

/** What KVM lacks here. */
export type KvmObstacle =
  /** There is no `/dev/kvm`. */
  | { readonly kind: 'missing' }
  /** This user may not open it. */
  | { readonly kind: 'forbidden' }
  /** The hypervisor does not start with it, in its own words. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** A boot with it does not get to a point, and one without it does. */
  | {
      readonly kind: 'no-boot';
      readonly point: string;
      /** The point before, which came. */
      readonly passed?: string;
      /** How the boot with it ended: `it hangs`, `it ends with status 0`. */
      readonly ending: string;
      /** The boot that got there without it. */
      readonly without: { readonly hypervisor: string; readonly machine: string; readonly seconds: number };
    };

/** What measures the same guest where KVM does not serve: another recipe, the same hypervisor's TCG, or nothing. */
export type WithoutKvm =
  { readonly kind: 'recipe'; readonly recipe: string } | { readonly kind: 'tcg' } | { readonly kind: 'nothing' };

/** Too many boots of the measurement did not end as they must. */
export interface BootsFailed {
  readonly reason: 'boots-failed';
  /** Of all boots that count. */
  readonly failed: number;
  readonly boots: number;
  /**
   * The points at which boots failed; `traced`: of the boots that had to come through all points up to it; `arm`: the
   * side of a comparison whose boots they are; `cell`: the machine of a matrix.
   */
  readonly points: readonly {
    readonly arm?: 'a' | 'b';
    readonly cell?: string;
    readonly point: string;
    readonly traced?: true;
    readonly failed: number;
    readonly boots: number;
  }[];
  readonly console: readonly string[];
}

export interface HypervisorUnfit {
  readonly reason: 'hypervisor-unfit';
  readonly binary: string;
  readonly detail: string;
}
