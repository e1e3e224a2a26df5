import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';
import {PATIENCE_MS} from './patience.ts';

/** A test may wait several times with all its patience. A miss is a fault, to be mended. */
const limits = {
  testTimeout: 5 * PATIENCE_MS,
  hookTimeout: 5 * PATIENCE_MS,
  expect: {poll: {timeout: PATIENCE_MS}},
};

/**
 * Tests that drive real servers, processes and terminals: in CI one that misses is tried once more, and the report names it
 * (retry x1), so that the miss is not hidden. Pure rooms are never tried again.
 */
const real = {...limits, retry: process.env['CI'] === 'true' ? 1 : 0};

const testsOf = (...rooms: readonly string[]): string[] =>
  rooms.map(room => `test/${room}/**/*.test.{ts,tsx}`);

/** The pure rooms: no server, no process. `npm run test:fast` runs these alone. */
const pure = testsOf('release', 'audience', 'analysis', 'config', 'text', 'report', 'replay');
/** Rooms whose tests run the built program; only they need a build, made once for a run. */
const program = testsOf('terminal', 'program', 'package', 'cli', 'acceptance', 'manual', 'soak');

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    // Most of these tests wait for servers and processes of their own: a worker more than there are cores.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          ...limits,
          name: 'pure',
          include: pure,
          benchmark: {include: []},
        },
      },
      {
        test: {
          ...real,
          name: 'rooms',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...pure, ...program],
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
          ...real,
          name: 'program',
          include: program,
          benchmark: {include: []},
          globalSetup: ['test/program/build-once.ts'],
        },
      },
    ],
  },
});
