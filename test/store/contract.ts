import {describe} from 'vitest';
import {anyTextContract} from './contract/any-text.ts';
import {feedbackContract} from './contract/feedback.ts';
import {followContract} from './contract/follow.ts';
import {logContract} from './contract/log.ts';
import {processContract} from './contract/processes.ts';
import {restContract} from './contract/rest.ts';
import {sampleContract} from './contract/samples.ts';
import {sharesContract} from './contract/shares.ts';
import {summaryContract} from './contract/summary.ts';
import type {Subject} from './contract/subject.ts';

/** What every store must keep, whatever it is made of. `subject` is asked inside the tests, once it stands. */
export function storeContract(name: string, subject: () => Subject): void {
  describe(`${name} keeps the contract of the store`, () => {
    logContract(subject);
    followContract(subject);
    processContract(subject);
    sampleContract(subject);
    feedbackContract(subject);
    sharesContract(subject);
    summaryContract(subject);
    restContract(subject);
    anyTextContract(subject);
  });
}
