import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {MOST_INSTANCES, Repeats} from '../../source/analysis/windows/repeats.ts';

describe('repeats of an instance', () => {
  it('are known whatever the order within fifty-two numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 52}), {maxLength: 120}), numbers => {
        const repeats = new Repeats();
        const heard = new Set<number>();
        for (const number of numbers) {
          expect(repeats.isRepeat('web-3', number)).toBe(heard.has(number));
          heard.add(number);
        }
      }),
    );
  });

  it('are not mixed up with those of another', () => {
    const repeats = new Repeats();
    expect(repeats.isRepeat('web-1', 7)).toBe(false);
    expect(repeats.isRepeat('web-2', 7)).toBe(false);
    expect(repeats.isRepeat('web-1', 7)).toBe(true);
  });

  it('are still known after a gap in the numbers', () => {
    const repeats = new Repeats();
    for (const number of [1, 2, 900, 901]) expect(repeats.isRepeat('web-1', number)).toBe(false);
    expect(repeats.isRepeat('web-1', 900)).toBe(true);
  });

  it('begin anew when the instance started again', () => {
    const repeats = new Repeats();
    repeats.isRepeat('web-1', 5000);
    expect(repeats.isRepeat('web-1', 0)).toBe(false);
    expect(repeats.isRepeat('web-1', 1)).toBe(false);
    expect(repeats.isRepeat('web-1', 0)).toBe(true);
  });

  it('of those heard of lately are known however many others there are', () => {
    const repeats = new Repeats();
    for (let index = 0; index < 4 * MOST_INSTANCES; index++) {
      repeats.isRepeat(`one of many ${index}`, 1);
      if (index % 1000 === 0) repeats.isRepeat('web-1', 1);
    }
    expect(repeats.isRepeat('web-1', 1)).toBe(true);
    // Forgotten, as memory must have an end.
    expect(repeats.isRepeat('one of many 0', 1)).toBe(false);
  });
});
