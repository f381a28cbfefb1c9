/** What this machine lacks or forbids. Exit status 3. */
export type HostFailure =
  ToolMissing | CompilerUnfit | DiskFull | NotWritable | FileTrouble | WorkspaceBusy | WorkspaceForeign;

export interface ToolMissing {
  readonly reason: 'tool-missing';
  readonly tool: string;
  /** What needs it: `make:kernel`. */
  readonly neededBy: string;
  /** The package that has it on this distribution, where known. */
  readonly package?: string;
}

/** The compiler is there and cannot do what is needed: no 32-bit support, no static libc. */
export interface CompilerUnfit {
  readonly reason: 'compiler-unfit';
  readonly compiler: string;
  /** `compile 32-bit code (-m32)`. */
  readonly cannot: string;
  readonly detail: string;
  readonly package?: string;
}

export interface DiskFull {
  readonly reason: 'disk-full';
  readonly path: string;
}

export interface NotWritable {
  readonly reason: 'not-writable';
  readonly path: string;
  /** `read-only file system`, `owned by root`. */
  readonly detail: string;
}

/** Any other refusal of the file system. */
export interface FileTrouble {
  readonly reason: 'file-trouble';
  readonly path: string;
  /** `ENOENT`, `EIO`, ... */
  readonly code: string;
  readonly detail: string;
}

/** Another run holds the workspace and `--no-wait` was given. */
export interface WorkspaceBusy {
  readonly reason: 'workspace-busy';
  readonly folder: string;
  readonly pid: number;
  readonly command: string;
}

/** The folder holds something that is not a workspace of ours, or one of a later layout. */
export interface WorkspaceForeign {
  readonly reason: 'workspace-foreign';
  readonly folder: string;
  readonly detail: string;
}
