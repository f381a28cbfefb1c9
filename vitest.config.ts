import { defineConfig } from 'vitest/config';

/** Tests that take minutes: whole recipes and kill sweeps. `npm test` runs them, `npm run check` does not. */
const slow = ['test/e2e/**/*.test.ts', 'test/kill/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: slow,
          // What they wait for takes seconds; a machine that does much else besides takes its time.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: slow,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          // They boot VMs and build: side by side they would disturb each other's time-outs.
          fileParallelism: false,
        },
      },
    ],
  },
});
