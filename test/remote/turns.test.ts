import { expect, test } from 'vitest';
import { Turns } from '../../src/remote/turns.js';

test("who is not waited for any more does not wait for a turn, and takes nobody else's", async () => {
  const turns = new Turns(1);
  const never = new AbortController().signal;
  let end = (): void => undefined;
  const long = turns.take(() => new Promise<void>((resolve) => (end = resolve)), never);
  const gone = new AbortController();
  const second = turns.take(() => Promise.resolve('gone'), gone.signal);
  const third = turns.take(() => Promise.resolve('came'), never);
  gone.abort();
  expect(await second).toBe('gone');
  let hasCome = false;
  void third.then(() => (hasCome = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasCome).toBe(false);
  end();
  await long;
  expect(await third).toBe('came');
  expect(await turns.take(() => Promise.resolve('free'), never)).toBe('free');
});
