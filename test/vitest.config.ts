import {defineConfig} from 'vitest/config';

const limits = {testTimeout: 20_000, hookTimeout: 30_000};

/** Rooms whose tests run the built program; only they need a build, made once for a run. */
const program = ['terminal', 'program', 'package', 'cli', 'acceptance'].map(
  room => `test/${room}/**/*.test.{ts,tsx}`,
);

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
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
