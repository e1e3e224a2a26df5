import {writeFileSync} from 'node:fs';
import type {Reporter, TestCase, TestModule} from 'vitest/node';
import type {Totals} from './totals.ts';

const reasonToSkip = (test: TestCase) => {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
};

const brokeOutsideOfTests = (module: TestModule) =>
  module.state() === 'failed' && module.children.allTests('failed').next().done === true;

/**
 * Writes the totals of a run of the tests as JSON to the file that `GRAYDECK_TOTALS` names, again with every
 * file that begins or ends, so that a run that hangs leaves what it did and where it was. A file that broke
 * outside of its tests counts as one failed test, and so does an error that belongs to no file: the totals of
 * a bad run never look like those of a good one.
 */
export default class TotalsReporter implements Reporter {
  readonly #begun = new Set<TestModule>();
  readonly #ended = new Set<TestModule>();

  onTestModuleStart(module: TestModule): void {
    this.#begun.add(module);
    this.#write(0);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#ended.add(module);
    this.#write(0);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    for (const module of modules) {
      this.#ended.add(module);
    }
    this.#write(errors.length);
  }

  #write(errors: number): void {
    const ended = [...this.#ended];
    const tests = ended.flatMap(module => [...module.children.allTests()]);
    const inState = (...states: string[]) => tests.filter(test => states.includes(test.result().state));
    const broken = ended.filter(module => brokeOutsideOfTests(module));
    const unfinished = [...this.#begun].filter(module => !this.#ended.has(module));
    const skipped = inState('skipped', 'pending');
    const totals: Totals = {
      passed: inState('passed').length,
      failed: inState('failed').length + broken.length + unfinished.length + errors,
      skipped: skipped.length,
      unexplained: skipped.filter(test => !reasonToSkip(test)).map(test => test.fullName),
      unfinished: unfinished.map(module => module.relativeModuleId),
    };
    writeFileSync(process.env['GRAYDECK_TOTALS'] ?? '', JSON.stringify(totals));
  }
}
