import {describe, expect, it} from 'vitest';
import {
  clockwork,
  count,
  measured,
  milliseconds,
  percent,
  setPercent,
  threeDigits,
} from '../../source/text/format.ts';

describe('numbers on the screen', () => {
  it.each([
    [0, '0 %'],
    [100, '100 %'],
    [99.999, '99.99 %'],
    [99.5, '99.50 %'],
    [0.48, '0.48 %'],
    [6.2, '6.20 %'],
    [12.34, '12.3 %'],
  ])('%d percent reads %s', (value, text) => {
    expect(percent(value)).toBe(text);
  });

  it('nothing that is not whole reads as 100 %', () => {
    expect(percent(99.9999)).not.toBe('100 %');
  });

  it('thousands are set apart', () => {
    expect(count(1204)).toBe('1 204');
    expect(count(1_234_567)).toBe('1 234 567');
    expect(count(-1204)).toBe('-1 204');
    expect(count(812)).toBe('812');
  });

  it('rates keep three digits that mean something', () => {
    expect([812.4, 203, 19.83, 2.308, 0.1].map(value => threeDigits(value))).toEqual([
      '812',
      '203',
      '19.8',
      '2.31',
      '0.10',
    ]);
  });

  it('times carry their unit', () => {
    expect([8.123, 182.4, 9998, 12_400].map(value => milliseconds(value))).toEqual([
      '8.1 ms',
      '182 ms',
      '9 998 ms',
      '12.4 s',
    ]);
    expect([212, 15_002, 62_000].map(value => measured(value))).toEqual(['0.21 s', '15.0 s', '1:02']);
    expect([41_000, 725_000, 112_032_000, -5].map(value => clockwork(value))).toEqual([
      '0:41',
      '12:05',
      '31:07:12',
      '0:00',
    ]);
  });

  it('a percentage that was set has no decimals that say nothing', () => {
    expect([20, 2.5, 0.25, 33.330000001].map(value => setPercent(value))).toEqual([
      '20 %',
      '2.5 %',
      '0.25 %',
      '33.33 %',
    ]);
  });
});
