import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Build } from '../../../src/recipe/schema.js';
import { MakeRig } from '../make-rig.js';

let rig: MakeRig;
beforeEach(async () => {
  rig = await MakeRig.open();
});
afterEach(() => rig.close());

/** A compiler as on a machine without the files for 32-bit code. */
const only64 = `#!/bin/sh
case " $* " in
  *" -m32 "*) echo "/usr/include/stdlib.h:26:10: fatal error: bits/libc-header-start.h: No such file or directory" >&2; exit 1;;
esac
exec cc "$@"
`;
const build = (cc: string): Build => ({
  system: 'make',
  targets: [],
  variables: { CC: cc },
  'cc-options': ['-fno-pie'],
});
const outputs = { image: 'prog' };

test.each([
  ['gcc-11', 'a Makefile that shows its commands', '\t', 'gcc-11-multilib'],
  ['our-cc', 'a Makefile that shows none', '\t@', 'gcc-multilib'],
])('32-bit support that the CC of the recipe lacks (%s) is named with its package, with %s', async (...row) => {
  const [cc, , start, name] = row;
  rig.fetched({ 'one.c': 'int main(void) { return 0; }\n', Makefile: `prog: one.c\n${start}$(CC) -m32 -o $@ $<\n` });
  const made = await rig.withPrograms({ [cc]: only64 }, () => rig.make({ build: build(cc), outputs }));
  expect(made).toEqual({
    ok: false,
    failure: {
      reason: 'compiler-unfit',
      compiler: cc,
      cannot: 'compile 32-bit code (-m32)',
      detail: '/usr/include/stdlib.h:26:10: fatal error: bits/libc-header-start.h: No such file or directory',
      package: name,
    },
  });
});

test('code that cannot be linked for another reason is not blamed on the compiler, 32-bit or not', async () => {
  const makefile = "prog:\n\t@echo cc -m32; echo 'undefined reference to `_GLOBAL_OFFSET_TABLE_'\"'\"; exit 1\n";
  rig.fetched({ Makefile: makefile });
  const made = await rig.withPrograms({ 'our-cc': only64 }, () => rig.make({ build: build('our-cc'), outputs }));
  expect(made).toMatchObject({ failure: { reason: 'command-failed', remedy: { kind: 'position-independent' } } });
});
