/**
 * Why figures cannot be had or cannot be trusted. Exit status 5, but for `kvm-required`, which is 6, and
 * `hypervisor-unfit`, which is 3.
 */
export type MeasureFailure = ProbeFailed | KvmRequired | BootsFailed | HypervisorUnfit;

/** The probe's boot for one point did not end as that point must. */
export interface ProbeFailed {
  readonly reason: 'probe-failed';
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
  | { readonly kind: 'other-status'; readonly status: number };

/** The recipe asks for KVM, and KVM does not serve on this machine. */
export interface KvmRequired {
  readonly reason: 'kvm-required';
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
  /** The points at which boots failed. */
  readonly points: readonly { readonly point: string; readonly failed: number; readonly boots: number }[];
  readonly console: readonly string[];
}

export interface HypervisorUnfit {
  readonly reason: 'hypervisor-unfit';
  readonly binary: string;
  readonly detail: string;
}
