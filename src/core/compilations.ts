/** What came of a step's calls of its compilers, where they went through ccache. */
export interface CompileTally {
  /** `ccache 4.7.5` */
  readonly by: string;
  /** Calls whose result was there already. */
  readonly hits: number;
  /** How many of those came from the shared cache. */
  readonly shared: number;
  readonly misses: number;
}

/** How what compilers make is kept, by ccache. */
export interface CompilationCache {
  /** Absolute path. It may be missing. */
  readonly folder: string;
  /** Opens what other machines have compiled; `undefined` where nobody shares that. */
  share(): Promise<SharedCompilations | undefined>;
}

/** What other machines have compiled, as ccache's HTTP storage. */
export interface SharedCompilations {
  /** `http://127.0.0.1:<port>/<secret>`: who knows it can put things there. */
  readonly address: string;
  readonly isReadOnly: boolean;
  /** True: it gives what others have signed, which whoever uses it must not sign as his own. */
  readonly isOfOthers: boolean;
  end(): Promise<void>;
}
