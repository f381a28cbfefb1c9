import type { Handovers } from '../handover.js';
import type { SweepPlan } from '../document.js';
import { shellText } from '../../../system/shell-words.js';
import { resolve, dirname } from 'node:path';
import { withHome } from '../../../recipe/home.js';

type Way = Pick<SweepPlan, 'ssh' | 'hosts' | 'file'>;

/**
 * How ssh is called, but for the host. What the user has set comes first, and of an option that is there twice ssh takes
 * the first. Nobody is asked for a password; a host that has gone is noticed after a minute and a half.
 */
export function sshCommand({ ssh, hosts, file }: Way): string[] {
  const config = ssh?.config === undefined ? [] : ['-F', resolve(dirname(file), withHome(ssh.config))];
  const own = ['BatchMode=yes', 'ConnectTimeout=15', 'ServerAliveInterval=15', 'ServerAliveCountMax=6'];
  const sent = ['BOOTLAP_*', ...hosts.environment].map((name) => `SendEnv=${name}`);
  const options = [...(ssh?.options ?? []), ...own, ...sent, 'ForwardAgent=no', 'ForwardX11=no'];
  return ['ssh', ...config, ...options.flatMap((option) => ['-o', option])];
}

/** What a shell of the host is given to carry a job out. */
export function jobText(handovers: Handovers, number: number, index: number): string {
  return shellText([...handovers.command({ number }), String(index)]);
}

/** The files of one parallel, all below its folder, in which it is started. */
export const FILES = { hosts: 'hosts', jobs: 'jobs', joblog: 'joblog', said: 'said', home: 'home' } as const;

/**
 * The arguments of GNU parallel. There is none that was made of data: hosts and jobs come from files. Each line of the jobs
 * is a command as it stands, in which nothing is replaced, because there is no command to put it into.
 */
export function parallelArguments(way: Way, hosts: number): string[] {
  return [
    '--will-cite',
    // Neither $PARALLEL nor a profile of the user's.
    '--plain',
    // On each host: measurements are never side by side.
    ...['--jobs', '1'],
    ...['--sshloginfile', FILES.hosts],
    ...['--ssh', shellText(sshCommand(way))],
    ...['--joblog', FILES.joblog],
    ...['--results', `${FILES.said}/{#}`],
    // What fails on one host is tried on the others; once on each.
    ...['--retries', String(hosts)],
    // What is told to end can leave its place tidy.
    ...['--termseq', 'TERM,15000,KILL,25'],
    '--null',
    ...['--arg-file', FILES.jobs],
  ];
}

/** A job that parallel has done with. */
export interface LoggedJob {
  /** From 1. */
  readonly sequence: number;
  readonly host: string;
  /** 255: of ssh itself. */
  readonly status: number;
  /** Number of the signal, 0 for none. */
  readonly signal: number;
}

/** What a joblog says so far. The command, its last column, may have line ends in it; the first line holds titles. */
export function parseJoblog(text: string): LoggedJob[] {
  return [...text.matchAll(LINE)].map(([, sequence, host = '', status, signal]) => ({
    sequence: Number(sequence),
    host,
    status: Number(status),
    signal: Number(signal),
  }));
}

const LINE = /^(\d+)\t([^\t\n]*)\t *[\d.]+\t *[\d.]+\t\d+\t\d+\t(-?\d+)\t(-?\d+)\t/gm;
