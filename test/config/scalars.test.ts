import {describe, expect, test} from 'vitest';
import {readDuration, readPercent} from '../../source/config/values.ts';
import {nearest} from '../../source/text/quote.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

describe('a time is read', () => {
  test.each<[unknown, number]>([
    ['30s', 30 * SECOND],
    ['5m', 300 * SECOND],
    ['24h', DAY],
    ['1h30m', 1.5 * HOUR],
    ['1.5h', 1.5 * HOUR],
    ['1 h 30 m', 1.5 * HOUR],
    ['7 days', 7 * DAY],
    ['1 week', 7 * DAY],
    ['250ms', 250],
    ['0s', 0],
    [0, 0],
    ['2天', 2 * DAY],
    ['1 天', DAY],
    ['2 个小时', 2 * HOUR],
    ['24小时', DAY],
    ['30分钟', 0.5 * HOUR],
    ['1小时30分', 1.5 * HOUR],
    ['５分钟', 300 * SECOND],
    ['即时', 0],
  ])('%s', (value, ms) => {
    expect(readDuration(value)).toMatchObject({ok: true, value: ms});
  });
});

describe('what is no time is refused', () => {
  test.each<[unknown, RegExp]>([
    ['5', /no unit/],
    [24, /24h/],
    ['5M', /minutes or months/],
    ['-5m', /not a time/],
    ['half a day', /not a time/],
    ['1:30', /not a time/],
    ['', /not a time/],
    ['400d', /longer than a year/],
    [null, /not a time/],
    [[1], /not a time/],
    ['1e9h', /not a time/],
  ])('%s', (value, message) => {
    const reading = readDuration(value);
    expect(reading.ok ? '' : reading.problems[0].message).toMatch(message);
  });
});

describe('a percentage is read', () => {
  test.each<[unknown, number]>([
    [5, 5],
    [0, 0],
    [1, 1],
    [100, 100],
    [12.34, 12.34],
    ['5 %', 5],
    ['0.5%', 0.5],
    ['５ ％', 5],
    ['50', 50],
  ])('%s', (value, percent) => {
    expect(readPercent(value)).toMatchObject({ok: true, value: percent});
  });
  test.each<[unknown, RegExp]>([
    [0.5, /0\.5 % or 50 %/],
    ['0.05', /0\.05 % or 5 %/],
    [-1, /below 0/],
    [100.5, /above 100/],
    [33.333, /two decimals/],
    ['five', /not a percentage/],
    [true, /not a percentage/],
    [Number.NaN, /not a percentage/],
  ])('and %s refused', (value, message) => {
    const reading = readPercent(value);
    expect(reading.ok ? '' : reading.problems[0].message).toMatch(message);
  });
});

describe('the word that was meant is found', () => {
  const known = ['percent', 'phases', 'duration', 'error_rate'];
  test.each([
    ['percnet', 'percent'],
    ['Percent', 'percent'],
    ['durration', 'duration'],
    ['error-rate', 'error_rate'],
    ['weight', 'percent'],
    ['xyz', null],
    ['x'.repeat(10_000), null],
  ])('%s', (word, meant) => {
    expect(nearest(word, known, {weight: 'percent'})).toBe(meant);
  });
});
