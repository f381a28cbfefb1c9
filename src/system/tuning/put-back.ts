import { release } from './restore.js';

/** The first word for a program of ours that is one file: it is to be what a guard becomes, and nothing else. */
export const PUT_BACK = 'put-back-what-was-tuned';

/**
 * What a guard becomes when its bootlap has ended without putting the host's values back.
 * @param words the places and the owner, as the guard has them: sysfs, journals, boot id, process id, start
 */
export async function putBack(words: readonly string[]): Promise<void> {
  const [sysfs = '', journals = '', bootId = '', pid = '', started = ''] = words;
  await release({ sysfs, journals, bootId }, { pid: Number(pid), started });
}
