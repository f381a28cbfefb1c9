/** Why figures cannot be had or cannot be trusted. Exit status 5, but for `hypervisor-unfit`, which is 3. */
export type MeasureFailure = ProbeFailed | BootsFailed | HypervisorUnfit;

/** The probe's boot for one point did not end as that point must. */
export interface ProbeFailed {
  readonly reason: 'probe-failed';
  readonly point: string;
  /** The port, as a number. */
  readonly port: number;
  readonly expectedStatus: number;
  readonly diagnosis: Diagnosis;
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
  /** `/dev/kvm` is missing, not permitted, or does not carry a boot to the last point. */
  | { readonly kind: 'kvm-unusable'; readonly detail: string }
  | { readonly kind: 'hypervisor-error'; readonly message: string }
  | { readonly kind: 'other-status'; readonly status: number };

/** Too many boots of the measurement did not end as they must. */
export interface BootsFailed {
  readonly reason: 'boots-failed';
  readonly failed: number;
  readonly boots: number;
  readonly console: readonly string[];
}

export interface HypervisorUnfit {
  readonly reason: 'hypervisor-unfit';
  readonly binary: string;
  readonly detail: string;
}
