import type { Command } from 'commander';
import type { Usage } from '../../core/failures/recipe.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Measure } from '../../recipe/schema.js';

/** Adds `--for`, `--until` and `--max-boots`. */
export function addStopOptions(command: Command): Command {
  return command
    .option('--for <duration>', 'boot for about this long, instead of a number of boots, such as 60s')
    .option('--until <width>', 'boot until the 95 % interval of the last median is narrower, such as 1%')
    .option('--max-boots <n>', 'boots for each port at which --for and --until give up', '1000');
}

/** The options of {@link addStopOptions}, as they were typed. */
export interface StopOptions {
  readonly for?: string;
  readonly until?: string;
  readonly maxBoots: string;
}

/** What ends the boots instead of their number. Fails with `usage`. */
export function readStop(options: StopOptions): Result<Pick<Measure, 'for' | 'until' | 'max-boots'>, Usage> {
  const { for: time, until, maxBoots } = options;
  const complaint =
    complain('for', time, {
      form: /^\d+(\.\d+)?(ms|s|m)$/,
      expected: 'a duration above 0 with its unit',
      example: '60s',
    }) ??
    complain('until', until, { form: /^\d+(\.\d+)?%$/, expected: 'a percentage above 0', example: '1%' }) ??
    complain('max-boots', maxBoots, { form: /^\d{1,7}$/, expected: 'a whole number of at least 1', example: '1000' });
  return complaint === undefined
    ? success({
        ...(time === undefined ? {} : { for: time }),
        ...(until === undefined ? {} : { until }),
        'max-boots': Number(maxBoots),
      })
    : failed(complaint);
}

interface Expected {
  readonly form: RegExp;
  readonly expected: string;
  readonly example: string;
}

function complain(option: string, text: string | undefined, { form, expected, example }: Expected): Usage | undefined {
  return text === undefined || (form.test(text) && Number.parseFloat(text) > 0)
    ? undefined
    : {
        reason: 'usage',
        message: `--${option} ${text} is not ${expected}`,
        hint: `for example --${option} ${example}`,
      };
}
