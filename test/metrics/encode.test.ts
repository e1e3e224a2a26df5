import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {MetricTable} from '../../source/analysis/metric-table.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {formatDecimal, parseDecimal} from '../../source/metrics/decimal.ts';
import {encodeSample} from '../../source/metrics/encode.ts';
import {SampleParser} from '../../source/metrics/sample.ts';

describe('a number', () => {
  it('is written so that it is read back, without an exponent', () => {
    fc.assert(
      fc.property(fc.double({min: -1e12, max: 1e12, noNaN: true}), value => {
        const text = formatDecimal(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Math.abs(parseDecimal(text) - value)).toBeLessThanOrEqual(Math.abs(value) < 1e-6 ? 1e-9 : 0);
      }),
    );
  });

  it.each(['0.1', '87.25', '123456789.123456', '0.000001', '999999999999', '-4.5', '007', '.5', '5.'])(
    'is read as everybody reads it: %s',
    text => {
      expect(parseDecimal(text)).toBe(Number(text));
    },
  );

  it('of up to 32 decimal digits is read to the last bit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?\d{1,12}\.\d{1,18}$/), text => {
        expect(parseDecimal(text)).toBe(Number(text));
      }),
    );
  });

  it.each(['', '-', '.', '-.', '1e3', '+1', ' 1', '1 ', '1,5', '1.2.3', '--1', '0x10', 'NaN', '１', '1_000'])(
    'is none when it is not plain decimal: %j',
    text => {
      expect(parseDecimal(text)).toBeNaN();
    },
  );
});

describe('what a writer measured', () => {
  it('is an entry as the contract has it', () => {
    expect(
      encodeSample({
        side: 'gray',
        counters: {requests: 1, errors: 0, conversions: 1},
        distributions: {response_time: 87},
      }),
    ).toEqual('side gray requests 1 errors 0 conversions 1 response_time 87'.split(' '));
    expect(
      encodeSample({
        side: 'prod',
        cohort: 'outside',
        instance: 'web-3',
        seq: 812,
        release: 'r-7',
        split: 41,
        ageMs: 124.6,
        counters: {requests: 250, 'uses.export': 3},
      }),
    ).toEqual(
      'side prod cohort outside instance web-3 seq 812 release r-7 split 41 age 125 requests 250 uses.export 3'.split(
        ' ',
      ),
    );
  });

  it('is nothing when there is nothing to say', () => {
    expect(encodeSample({side: 'gray'})).toEqual([]);
    expect(
      encodeSample({
        side: 'gray',
        counters: {requests: -1, paid: Number.NaN},
        gauges: {queue: Number.POSITIVE_INFINITY},
        distributions: {response_time: new LogHistogram(), db_time: -1},
        users: new DistinctSketch(),
      }),
    ).toEqual([]);
  });

  it('comes out of the parser as it went in', () => {
    const declared = {distributions: ['db_time'], gauges: ['queue']};
    const measured = fc.record(
      {
        side: fc.constantFrom('prod' as const, 'gray' as const),
        cohort: fc.constantFrom('eligible' as const, 'chosen' as const, 'outside' as const),
        instance: fc.stringMatching(/^[a-z0-9/-]{1,20}$/),
        seq: fc.nat(),
        release: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
        split: fc.nat(),
        ageMs: fc.nat(100_000),
        counters: fc.dictionary(fc.constantFrom('requests', 'errors', 'uses.x', 'paid'), fc.nat(), {
          minKeys: 1,
        }),
        gauges: fc.record({
          queue: fc.double({min: -1e9, max: 1e9, noNaN: true}).filter(it => Math.abs(it) > 1e-6),
        }),
        times: fc.array(fc.double({min: 0.01, max: 1e6, noNaN: true}), {minLength: 1, maxLength: 50}),
        users: fc.array(fc.string(), {minLength: 1, maxLength: 20}),
      },
      {requiredKeys: ['side', 'counters', 'times', 'users']},
    );
    fc.assert(
      fc.property(measured, ({times, users, ...rest}) => {
        const histogram = new LogHistogram();
        for (const ms of times) histogram.add(ms);
        const sketch = new DistinctSketch();
        for (const user of users) sketch.add(user);
        const fields = encodeSample({
          ...rest,
          distributions: {response_time: histogram, db_time: times[0]!},
          users: sketch,
        });
        const table = new MetricTable(declared);
        const sample = new Sample();
        expect(new SampleParser(table).parse(fields, 5, sample)).toBeNull();
        expect(sample).toMatchObject({
          side: rest.side,
          cohort: rest.cohort ?? 'eligible',
          instance: rest.instance ?? null,
          seq: rest.seq ?? -1,
          release: rest.release ?? null,
          split: rest.split ?? -1,
          age: rest.ageMs ?? 0,
        });
        const found: Record<string, unknown> = {};
        for (let index = 0; index < sample.length; index++) {
          const {name} = sample.metrics[index]!;
          const bytes = sample.bytes.subarray(sample.from[index], sample.to[index]);
          found[name] = bytes.length > 0 ? Buffer.from(bytes) : sample.values[index];
        }
        expect(found).toEqual({
          ...rest.counters,
          ...rest.gauges,
          response_time: Buffer.from(histogram.toBytes()),
          db_time: times[0],
          users: Buffer.from(sketch.toBytes()),
        });
      }),
    );
  });
});
