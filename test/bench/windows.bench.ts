import {createHistogram} from 'node:perf_hooks';
import {describe, expect, test} from 'vitest';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {METRIC_NAMES} from '../../source/analysis/metrics.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {encodeSample} from '../../source/metrics/encode.ts';
import {SampleParser} from '../../source/metrics/sample.ts';

const T0 = 1_800_000_000_000;
/** Ratios of one run count, not figures of two: other work may share the machine. */
const shortly = {time: 300, warmupTime: 100};

function lognormal(median: number, spread: number): number {
  return (
    median *
    Math.exp(spread * Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()))
  );
}

const times = Float64Array.from({length: 10_000}, () => lognormal(60, 0.77));

/** The least a log-histogram can do: a logarithm and a fixed array, gamma 2^(1/35). */
class Floor {
  readonly counts = new Float64Array(35 * 30);
  add(value: number): void {
    const index = Math.max(0, Math.floor(Math.log(value) * (35 / Math.LN2)));
    this.counts[index] = (this.counts[index] ?? 0) + 1;
  }
}

describe('a histogram', () => {
  test('takes a value hardly slower than a bare array, faster than the one of the platform', async ({
    bench,
  }) => {
    const floor = new Floor();
    const ours = new LogHistogram();
    const platform = createHistogram({figures: 3});
    const result = await bench.compare(
      bench('floor', () => {
        for (const value of times) floor.add(value);
      }),
      bench('ours', () => {
        for (const value of times) ours.add(value);
      }),
      bench('node:perf_hooks', () => {
        for (const value of times) platform.record(Math.max(1, Math.round(value * 1000)));
      }),
      shortly,
    );
    expect(result.get('ours').latency.p50 / result.get('floor').latency.p50).toBeLessThan(1.5);
    expect(result.get('ours').latency.p50).toBeLessThan(result.get('node:perf_hooks').latency.p50);
  });

  test('of a minute or five merges and gives its p95 within 200 µs, 500 times sooner than sorting', async ({
    bench,
  }) => {
    const seconds = Array.from({length: 300}, () => {
      const second = new LogHistogram();
      for (let index = 0; index < 500; index++) second.add(lognormal(60, 0.77));
      return second;
    });
    const raw = Float64Array.from({length: 1_000_000}, () => lognormal(60, 0.77));
    const merged = new LogHistogram();
    const merge = (count: number) => {
      merged.clear();
      for (let index = 0; index < count; index++) merged.merge(seconds[index]!);
      return merged.quantile(0.95);
    };
    const result = await bench.compare(
      bench('60 seconds', () => void merge(60)),
      bench('300 seconds', () => void merge(300)),
      shortly,
    );
    const sort = await bench('sort of a million', () => void raw.toSorted()[950_000]).run({
      time: 0,
      iterations: 7,
    });
    expect(result.get('300 seconds').latency.p50).toBeLessThan(0.2);
    expect(sort.latency.p50 / result.get('60 seconds').latency.p50).toBeGreaterThan(500);
  });

  test('of a batch is read from its text and merged sooner than the same values from JSON', async ({
    bench,
  }) => {
    const batch = new LogHistogram();
    const values = Array.from(times.subarray(0, 250));
    for (const value of values) batch.add(value);
    const text = batch.encode();
    const json = JSON.stringify(values);
    const into = new LogHistogram();
    const result = await bench.compare(
      bench('sketch', () => {
        const decoded = LogHistogram.decode(text);
        if (decoded !== null) into.merge(decoded);
      }),
      bench('JSON', () => {
        for (const value of JSON.parse(json) as number[]) into.add(value);
      }),
      shortly,
    );
    expect(result.get('sketch').latency.p50).toBeLessThan(result.get('JSON').latency.p50);
  });
});

/** The way of the seed: an object for every value, filtered and sorted when somebody asks. */
class Naive {
  readonly series = new Map<string, {timestamp: number; value: number}[]>();

  add(fields: readonly string[], at: number): void {
    const entry: Record<string, string> = {};
    for (let index = 0; index < fields.length; index += 2) entry[fields[index]!] = fields[index + 1]!;
    for (const [name, value] of Object.entries(entry)) {
      if (name === 'side') continue;
      const key = `${entry['side']}_${name}`;
      const series = this.series.get(key) ?? [];
      if (series.length === 0) this.series.set(key, series);
      series.push({timestamp: at, value: Number(value)});
    }
  }

  p95(key: string, since: number): number | undefined {
    const values = (this.series.get(key) ?? []).filter(one => one.timestamp >= since).map(one => one.value);
    return values.sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1];
  }
}

describe('windows', () => {
  test('take a single sample within a microsecond of the reader, parsing included', async ({bench}) => {
    const wire = ['side', 'gray', 'requests', '1', 'response_time', '87', 'errors', '0', 'conversions', '1'];
    let entries: string[][] = [];
    // Texts made anew, as they come off a socket: nobody knows their hashes yet.
    const beforeEach = () => {
      entries = Array.from({length: 1000}, () => wire.map(text => Buffer.from(text).toString()));
    };
    const windows = new Windows();
    const parser = new SampleParser(windows.table);
    const sample = new Sample();
    let naive = new Naive();
    const result = await bench.compare(
      bench('a thousand entries', {beforeEach}, () => {
        for (const fields of entries) {
          parser.parse(fields, T0, sample);
          windows.add(sample, T0);
        }
      }),
      bench('a thousand entries, naive', {beforeEach}, () => {
        naive = new Naive();
        for (const fields of entries) naive.add(fields, T0);
      }),
      shortly,
    );
    expect(result.get('a thousand entries').latency.p50).toBeLessThan(1);
    expect(result.get('a thousand entries').latency.p50).toBeLessThan(
      result.get('a thousand entries, naive').latency.p50,
    );
  });

  test('answer a whole screen, four times a second, within a millisecond', async ({bench}) => {
    const windows = new Windows();
    const naive = new Naive();
    const parser = new SampleParser(windows.table);
    const sample = new Sample();
    const feed = (fields: string[], at: number) => {
      parser.parse(fields, at, sample);
      windows.add(sample, at);
    };
    for (let at = T0; at < T0 + 900_000; at += 250)
      for (const side of ['prod', 'gray'] as const) {
        const distribution = new LogHistogram();
        const users = new DistinctSketch();
        for (let index = 0; index < 60; index++) {
          const value = lognormal(60, 0.77);
          distribution.add(value);
          users.add(`u-${Math.floor(Math.random() * 5000)}`);
          naive.add(['side', side, 'response_time', String(value)], at);
        }
        const counters = {requests: 60, errors: 1, conversions: 3, unavailable: 0, paid: 2};
        feed(encodeSample({side, counters, distributions: {response_time: distribution}, users}), at);
      }
    let now = T0 + 900_000;
    const result = await bench.compare(
      bench('screen', () => {
        now += 250;
        for (const side of ['prod', 'gray'] as const) {
          feed(['side', side, 'requests', '5', 'errors', '0', 'response_time', '61'], now);
          windows.numbers(side, {from: now - 300_000, to: now});
          for (const metric of [...METRIC_NAMES, 'paid', 'requests', 'errors'])
            windows.series(side, metric, {from: now - 900_000, to: now}, 15_000);
        }
      }),
      bench('one p95 over five minutes, naive', () => void naive.p95('prod_response_time', T0 + 600_000)),
      {time: 1000, warmupTime: 300},
    );
    expect(result.get('screen').latency.p50).toBeLessThan(1);
    expect(result.get('screen').latency.p50).toBeLessThan(
      result.get('one p95 over five minutes, naive').latency.p50,
    );
  });
});
