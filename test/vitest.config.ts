import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';

/**
 * Many tests drive real servers, processes and terminals at once, and some bound how long a thing may take. Where two
 * cores are short for a moment one of them may miss its time: in CI such a test is tried again, and the report names it.
 */
const limits = {
  testTimeout: 180_000,
  hookTimeout: 180_000,
  retry: process.env['CI'] ? 2 : 0,
  setupFiles: ['test/patience.ts'],
};

/** Rooms whose tests run the built program; only they need a build, made once for a run. */
const program = ['terminal', 'program', 'package', 'cli', 'acceptance'].map(
  room => `test/${room}/**/*.test.{ts,tsx}`,
);

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    // Most of these tests wait for servers and processes of their own: a worker more than there are cores.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          ...limits,
          name: 'rooms',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: program,
          benchmark: {include: []},
        },
      },
      {
        test: {
          ...limits,
          name: 'benches',
          include: [],
          benchmark: {include: ['test/bench/**/*.bench.ts']},
          // The code as Node runs it: imports made into getters cost more than what is measured.
          experimental: {viteModuleRunner: false},
        },
      },
      {
        test: {
          ...limits,
          name: 'program',
          include: program,
          benchmark: {include: []},
          globalSetup: ['test/program/build-once.ts'],
        },
      },
    ],
  },
});
