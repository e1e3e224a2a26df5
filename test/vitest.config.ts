import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    benchmark: {include: ['test/bench/**/*.bench.ts']},
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
