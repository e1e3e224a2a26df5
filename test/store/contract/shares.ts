import {describe, expect, it} from 'vitest';
import {newFeature, opener, type Subject} from './subject.ts';

export function sharesContract(subject: () => Subject): void {
  const open = opener(subject);

  describe('links to watch by', () => {
    it('are written and removed by operators, and read by everybody who looks', async () => {
      const name = newFeature();
      const {shares} = (await open('operator')).feature(name);
      const seen = (await open('viewer')).feature(name).shares;
      expect([...(await seen.read())]).toEqual([]);
      await shares.remove(['nothing']);
      await shares.write('one', '{"a":"<b>慢</b>\u0007"}');
      await shares.write('two', 'before');
      await shares.write('two', '');
      expect(new Map(await seen.read())).toEqual(
        new Map([
          ['one', '{"a":"<b>慢</b>\u0007"}'],
          ['two', ''],
        ]),
      );
      await shares.remove(['one', 'three']);
      await shares.remove([]);
      expect([...(await shares.read())]).toEqual([['two', '']]);
      expect([...(await (await open('operator')).feature(newFeature()).shares.read())]).toEqual([]);
    });
  });
}
