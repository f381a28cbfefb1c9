/** Exit statuses of the command line, as the README documents them. */
export const EXIT_STATUS = {
  done: 0,
  stepFailed: 1,
  usage: 2,
  hostNotFit: 3,
  network: 4,
  notValid: 5,
  bug: 70,
  interrupted: 130,
} as const;

/** One of the documented exit statuses. */
export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];
