import {describe, expect, test} from 'vitest';
import {METRIC_NAMES, metricRow, METRICS, type MetricDefinition} from '../../source/analysis/metrics.ts';
import {valueOf, withFound} from '../../source/analysis/metric-value.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {labelOf} from '../../source/console/present/sides/metric-rows.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {OPEN} from '../../source/console/present/clean.ts';
import {feed, T0} from './feed.ts';

const SPAN = {from: T0, to: T0 + 10_000};
const rows = Object.entries(METRICS) as [string, MetricDefinition][];

/** A hundred requests of 1 to 100 ms, of which a few fail, convert or are not answered. */
function busy(): Windows {
  const windows = new Windows();
  for (let ms = 1; ms <= 100; ms++) feed(windows, T0 + 1000, `side gray requests 1 response_time ${ms}`);
  feed(windows, T0 + 1000, 'side gray errors 2 conversions 5 unavailable 1');
  return windows;
}

/** What the samples of `busy` say; a test of its own is all that a new row needs. */
const WANTED: Readonly<Record<string, number>> = {
  throughput: 10,
  error_rate: 2,
  response_time_p50: 50,
  response_time_p90: 90,
  response_time_p95: 95,
  response_time_p99: 99,
  response_time: 50.5,
  availability: 99,
  conversion_rate: 5,
};

describe('a row of the table of metrics', () => {
  test.each(Object.entries(WANTED))('%s is read off the numbers and over time', (name, wanted) => {
    const windows = busy();
    const value = valueOf(name, windows.numbers('gray', SPAN), SPAN);
    expect(Math.abs((value ?? 0) / wanted - 1)).toBeLessThan(0.12);
    const course = windows.series('gray', name, {from: T0, to: T0 + 2000}, 1000);
    expect(course.some(one => one !== null)).toBe(true);
  });

  test.each(rows)(
    '%s is known to conditions, with its words in both languages',
    (name, {unit, better, en, zh}) => {
      const kind = metricBook().find(name);
      expect(kind).toMatchObject({name, unit, better});
      const op = better === 'higher' ? '<' : '>';
      const unitText = {percent: ' %', ms: ' ms', 'per-second': ' /s', count: '', points: ''}[unit];
      expect(readCondition(`${name} ${op} 4${unitText}`, metricBook()).ok).toBe(true);
      for (const lang of ['en', 'zh'] as const) {
        const words = {en, zh}[lang];
        expect(labelOf(name, messagesOf(lang), OPEN)).toBe(words.short);
        expect(words.name).not.toBe('');
      }
    },
  );

  test('goes by one name, and no word means two metrics', () => {
    expect(metricRow('response_time_avg')).toBe(METRICS.response_time);
    const words = rows.flatMap(([name, {alsoCalled = []}]) => [name, ...alsoCalled]);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });

  test('is filled by Prometheus where no sample speaks of it', () => {
    const found = new Map(METRIC_NAMES.map((name, index) => [name as string, index + 1]));
    const numbers = withFound(new Windows().numbers('gray', SPAN), found);
    expect(METRIC_NAMES.map(name => valueOf(name, numbers, SPAN))).toEqual([...found.values()]);
  });
});
