import {describe, expect, it} from 'vitest';
import {newFeature, opener, type Subject} from './subject.ts';

export function summaryContract(subject: () => Subject): void {
  const open = opener(subject);

  describe('the summary of a feature', () => {
    it('is one line, replaced by the process that acts and read by viewers', async () => {
      const name = newFeature();
      const {summary} = (await open('operator')).feature(name);
      const seen = (await open('viewer')).feature(name).summary;
      expect(await seen.read()).toBeNull();
      await summary.write('{"state":"rolling","by":"值班\\u0007"}');
      await summary.write('{"state":"paused"}');
      expect(await seen.read()).toBe('{"state":"paused"}');
      expect(await (await open('viewer')).feature(newFeature()).summary.read()).toBeNull();
    });
  });
}
