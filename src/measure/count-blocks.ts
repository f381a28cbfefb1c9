import { existsSync, readFileSync } from 'node:fs';
import { parseSamples } from './samples.js';

/**
 * How many blocks that count a file of samples holds in full: so many boots each point has. The last one counts where it
 * has as many boots as the first one. Throws system errors.
 */
export function countBlocks(samplesFile: string): number {
  const samples = existsSync(samplesFile) ? parseSamples(readFileSync(samplesFile, 'utf8')) : [];
  const sizes = new Map<number, number>();
  for (const { block, warmup } of samples) {
    if (!warmup) {
      sizes.set(block, (sizes.get(block) ?? 0) + 1);
    }
  }
  const [first = 0] = sizes.values();
  const last = [...sizes.values()].at(-1) ?? 0;
  return last < first ? sizes.size - 1 : sizes.size;
}
