import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureLines } from '../../../src/ui/failure-lines.js';
import { plainPaint } from '../../../src/ui/paint.js';
import { numbered, PatchRig } from '../patch-rig.js';

let rig: PatchRig;
beforeEach(() => {
  rig = new PatchRig();
});
afterEach(() => rig.close());

const SERIES = [{ series: 'linux' }, { series: 'linux-fine' }];

/** The lines of a 6.1 kernel between which the writes belong, about where they stand there. */
const kernel = {
  'arch/x86/boot/compressed/misc.c': [
    numbered(405),
    '\t * paravirtualized port I/O operations if needed.\n\t */\n\tearly_tdx_detect();\n\n\tconsole_init();\n\n\t/*\n',
  ].join(''),
  'init/main.c': [
    numbered(900),
    'void start_kernel(void)\n{\n\tchar *command_line;\n\tchar *after_dashes;\n\n',
    '\tset_task_stack_end_magic(&init_task);\n\tsmp_setup_processor_id();\n\tdebug_objects_early_init();\n',
    numbered(180),
    '\tarch_post_acpi_subsys_init();\n\tkcsan_init();\n\n',
    "\t/* Do the rest non-__init'ed, we're now alive */\n\tarch_call_rest_init();\n\n\tprevent_tail_call_optimization();\n}\n",
    numbered(250),
    '\tdriver_init();\n\tinit_irq_proc();\n\tdo_ctors();\n\tdo_initcalls();\n}\n\n',
    'static void __init do_pre_smp_initcalls(void)\n{\n',
    numbered(120),
    '\n\trcu_end_inkernel_boot();\n\n\tdo_sysctl_args();\n\n',
  ].join(''),
};

/** The writes in a text, with the line of code before and after each. */
function writes(text: string): string[] {
  const code = text.split('\n').filter((line) => line !== '' && !line.startsWith('\t/*'));
  return code.flatMap((line, index) =>
    line.includes('outb') ? [[code[index - 1], line, code[index + 1]].map((each) => each?.trim()).join(' ')] : [],
  );
}

describe('the writes inside a kernel', () => {
  test.each(['6.1', '6.1.192'])(
    'are put into Linux %s, each at the place that its port stands for',
    async (version) => {
      rig.fetched(kernel, { version });
      expect(await rig.run(SERIES)).toMatchObject({ ok: true });
      expect(writes(rig.patched('arch/x86/boot/compressed/misc.c'))).toEqual([
        'early_tdx_detect(); outb(1, 0xf8); console_init();',
      ]);
      expect(writes(rig.patched('init/main.c'))).toEqual([
        'char *after_dashes; outb(1, 0xf9); set_task_stack_end_magic(&init_task);',
        'kcsan_init(); outb(1, 0xfa); arch_call_rest_init();',
        'do_ctors(); outb(1, 0xfb); do_initcalls();',
        'do_initcalls(); outb(1, 0xfc); }',
        'rcu_end_inkernel_boot(); outb(2, 0xf6); do_sysctl_args();',
      ]);
    },
  );

  test('that are in already are recognised', async () => {
    rig.fetched(kernel, { version: '6.1' });
    await rig.run(SERIES);
    const patched = Object.keys(kernel).map((file) => [file, rig.patched(file)] as const);
    rig.fetched(Object.fromEntries(patched), { version: '6.1' });
    expect(await rig.run(SERIES)).toMatchObject({ ok: true });
    expect(rig.manifest()).toEqual([]);
  });

  test.each(['4.18', '5.10.200', '6.0'])(
    'are not to be had for Linux %s, and it is said what they are for',
    async (version) => {
      rig.fetched(kernel, { version });
      const result = await rig.run(SERIES);
      if (result.ok) {
        throw new Error('they went in');
      }
      expect(result.failure).toMatchObject({
        reason: 'patch-series-missing',
        series: 'linux-fine',
        version,
        known: ['6.1'],
      });
      const shown = failureLines({ failure: result.failure }, { paint: plainPaint, columns: () => 200 }).join('\n');
      expect(shown).toContain('linux-fine');
      expect(shown).toContain('6.1');
    },
  );
});
