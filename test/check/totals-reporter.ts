import {writeFile} from 'node:fs/promises';
import type {Reporter, TestCase, TestModule} from 'vitest/node';
import type {Totals} from './totals.ts';

const reasonToSkip = (test: TestCase) => {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
};

const brokeOutsideOfTests = (module: TestModule) =>
  module.state() === 'failed' && module.children.allTests('failed').next().done === true;

/**
 * Writes the totals of a run of the tests as JSON to the file that `GRAYDECK_TOTALS` names. A file that broke
 * outside of its tests counts as one failed test, and so does an error that belongs to no file: the totals of
 * a bad run never look like those of a good one.
 */
export default class TotalsReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): Promise<void> {
    const tests = modules.flatMap(module => [...module.children.allTests()]);
    const inState = (...states: string[]) => tests.filter(test => states.includes(test.result().state));
    const broken = modules.filter(module => brokeOutsideOfTests(module));
    const totals: Totals = {
      passed: inState('passed').length,
      failed: inState('failed').length + broken.length + errors.length,
      skipped: inState('skipped', 'pending').length,
      unexplained: inState('skipped', 'pending')
        .filter(test => !reasonToSkip(test))
        .map(test => test.fullName),
    };
    await writeFile(process.env['GRAYDECK_TOTALS'] ?? '', JSON.stringify(totals));
  }
}
