import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {textOf} from '../../source/console/present/line.ts';
import {scaleOf, sparkline, sparkPieces} from '../../source/console/present/chart/sparkline.ts';

describe('a sparkline', () => {
  it('has one scale for both sides: equal heights are equal numbers', () => {
    const scale = scaleOf([
      [1, 2],
      [4, null, 8],
    ]);
    expect(scale).toEqual({min: 0, max: 8});
    expect(sparkline([8, 8], 1, scale, 0)).toBe('⣿');
    expect(sparkline([2, 2], 1, scale, 0)).toBe('⣀');
  });

  it('leaves blank what is not known, and shows a dot for a zero', () => {
    const scale = {min: 0, max: 10};
    expect(sparkline([null, null, 0, 0], 2, scale, 0)).toBe(' ⣀');
    expect(sparkline([null, 0], 1, scale, 0)).toBe('⢀');
    expect(sparkline([], 3, scale)).toBe('   ');
    expect(sparkline([1, 2], 3, null)).toBe('   ');
  });

  it('stands still at the right edge: the newest value is last', () => {
    const scale = {min: 0, max: 4};
    expect(sparkline([4, 4, 4, 4, 1, 1, 1, 4], 4, scale, 0)).toBe('⣿⣿⣀⣸');
  });

  it('as a line it joins its steps and keeps head room', () => {
    const scale = {min: 0, max: 4};
    expect(sparkline([4, 4, 4, 4], 2, scale)).toBe('⠒⠒');
    expect(sparkline([0, 4], 1, scale)).toBe('⡰');
  });

  it('is always as wide as it is told', () => {
    const values = fc.array(fc.option(fc.double({min: 0, max: 1e9, noNaN: true})), {maxLength: 100});
    fc.assert(
      fc.property(values, fc.integer({min: 0, max: 40}), (series, width) => {
        expect(sparkline(series, width, scaleOf([series]))).toHaveLength(width);
      }),
    );
  });

  it('is loud only from where it began', () => {
    const values = [1, 1, 1, 1, 4, 4, 4, 4];
    const scale = scaleOf([values]);
    const pieces = sparkPieces(values, 6, scale, {tone: 'sparkGray', badFrom: 4});
    expect(pieces.map(({text, tone}) => [text, tone])).toEqual([
      ['  ⣀⣀', 'sparkGray'],
      ['⣿⣿', 'bad'],
    ]);
    const calm = sparkPieces(values, 6, scale, {tone: 'sparkGray', badFrom: Number.POSITIVE_INFINITY});
    expect(calm.map(({tone}) => tone)).toEqual(['sparkGray']);
    const all = sparkPieces(values, 3, scale, {tone: 'sparkGray', badFrom: 0});
    expect(all.map(({tone}) => tone)).toEqual(['bad']);
    expect(textOf(all)).toBe('⣀⣿⣿');
  });
});
