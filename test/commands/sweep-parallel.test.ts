import { expect, test } from 'vitest';
import { parallelArguments, parseJoblog, sshCommand } from '../../src/commands/sweep/ssh/parallel.js';

const WAY = {
  file: '/lab/sweep.yaml',
  hosts: { workspace: '/w', results: 'folder' as const, environment: ['LAB_TOKEN'] },
  ssh: { hosts: ['a'], options: ['ConnectTimeout=3', 'ProxyJump=gate way'], config: './ssh.config' },
};

test('what the user says to ssh comes before what is usual, so that it counts', () => {
  const words = sshCommand(WAY);
  expect(words.slice(0, 3)).toEqual(['ssh', '-F', '/lab/ssh.config']);
  expect(words.indexOf('ConnectTimeout=3')).toBeLessThan(words.indexOf('ConnectTimeout=15'));
  expect(words).toContain('SendEnv=LAB_TOKEN');
});

test('a word of ssh with a space in it stays one word for the shell of parallel', () => {
  const words = parallelArguments(WAY, 2);
  expect(words[words.indexOf('--ssh') + 1]).toContain("'-o' 'ProxyJump=gate way'");
});

test('a joblog is read while it is being written, whatever the commands hold', () => {
  const log = `Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand
2\tone\t1795375517.007\t     1.937\t0\t33\t255\t0\t'node' 'it'\\''s' '2'
1\tuser@two\t1795375514.840\t  1802.147\t0\t33\t0\t15\t'node'\t'1'
3\ton`;
  expect(parseJoblog(log)).toEqual([
    { sequence: 2, host: 'one', status: 255, signal: 0 },
    { sequence: 1, host: 'user@two', status: 0, signal: 15 },
  ]);
});
