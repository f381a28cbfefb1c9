import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepReport } from '../../src/report/sweep/report.js';
import { bootlap, type Called } from './cli.js';
import { writeFinishedFiles } from './fake-recipe.js';

/** A folder with a recipe of finished files, whose hypervisor writes down each boot, and a sweep over it. */
export class SweepPlace {
  constructor(
    readonly base: string,
    matrix: string,
    before = '',
  ) {
    const body = `${before}
echo "$cpu $memory $port" >> ${this.base}/booted
case "$port" in
  0xf5) sleep 0.01; exit 3 ;;
  0xf6) [ "$cpu" != slow ] || sleep 0.06; sleep 0.03; exit 5 ;;
esac`;
    writeFinishedFiles(this.base, { body, cpu: 'fast', measure: '{ method: exit, boots: 6, warmup: 1 }' });
    this.write(matrix);
  }

  write(matrix: string): void {
    writeFileSync(join(this.base, 'cells.yaml'), `recipe: ./fake.yaml\n${matrix}\n`);
  }

  call(...words: string[]): Promise<Called> {
    return bootlap(['sweep', ...words, '--workspace', 'w'], { folder: this.base });
  }

  boots(): string[] {
    return readFileSync(join(this.base, 'booted'), 'utf8').trim().split('\n');
  }

  file(name: string): string {
    return readFileSync(join(this.base, 'w', 'sweeps', 'latest', name), 'utf8');
  }

  report(): SweepReport {
    return JSON.parse(this.file('sweep.json')) as SweepReport;
  }
}
