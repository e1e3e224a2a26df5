import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {MetricTable} from '../../source/analysis/metric-table.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {SampleParser} from '../../source/metrics/sample.ts';

function parse(fields: readonly string[], table = new MetricTable({gauges: ['temperature']})) {
  const sample = new Sample();
  const wrong = new SampleParser(table).parse(fields, 1000, sample);
  return {wrong, sample};
}

const of = (entry: string) => parse(entry.split(' '));

/** What the entry measured, by name; sketches by their count. */
function measured(sample: Sample): Record<string, number> {
  return Object.fromEntries(
    Array.from({length: sample.length}, (_, index) => {
      const metric = sample.metrics[index]!;
      if (sample.to[index] === 0) return [metric.name, sample.values[index]!];
      const sketch = metric.kind === 'users' ? new DistinctSketch() : new LogHistogram();
      sketch.mergeBytes(sample.bytes, sample.from[index]!, sample.to[index]!);
      return [metric.name, sketch instanceof LogHistogram ? sketch.count : Math.round(sketch.estimate())];
    }),
  );
}

const times = new LogHistogram();
for (const ms of [12, 80, 81, 900]) times.add(ms);
const users = new DistinctSketch();
for (const user of ['liu', 'wang', 'u-3']) users.add(user);

describe('an entry of the stream', () => {
  it('says its side and any number of metrics', () => {
    const {wrong, sample} = of(
      'side gray requests 1 response_time 87.5 errors 0 conversions 1 uses.export 2 paid 0.5',
    );
    expect(wrong).toBeNull();
    expect(sample).toMatchObject({
      side: 'gray',
      cohort: 'eligible',
      at: 1000,
      age: 0,
      instance: null,
      seq: -1,
    });
    expect(measured(sample)).toEqual({
      requests: 1,
      response_time: 87.5,
      errors: 0,
      conversions: 1,
      'uses.export': 2,
      paid: 0.5,
    });
  });

  it('says who sent it, what it was decided on and how old it is, wherever those stand', () => {
    const {wrong, sample} = of(
      'requests 250 instance web-3 seq 812 side prod release r-7 split 41 cohort chosen age 125.5',
    );
    expect(wrong).toBeNull();
    expect(sample).toMatchObject({
      side: 'prod',
      cohort: 'chosen',
      instance: 'web-3',
      seq: 812,
      release: 'r-7',
      split: 41,
      age: 125.5,
    });
  });

  it('carries sketches of many values and of users', () => {
    const {wrong, sample} = of(`side gray response_time ${times.encode()} users ${users.encode()}`);
    expect(wrong).toBeNull();
    expect(measured(sample)).toEqual({response_time: 4, users: 3});
  });

  it('may have the single form, in any order', () => {
    for (const entry of [
      'side gray metric response_time value 87',
      'value 87 metric response_time side gray',
    ])
      expect(measured(of(entry).sample)).toEqual({response_time: 87});
  });

  it('leaves nothing behind for the next one', () => {
    const parser = new SampleParser(new MetricTable());
    const sample = new Sample();
    parser.parse(
      'side gray instance a seq 1 split 2 release r age 5 cohort chosen requests 1'.split(' '),
      1,
      sample,
    );
    parser.parse('side prod errors 3'.split(' '), 2, sample);
    expect(sample).toMatchObject({side: 'prod', cohort: 'eligible', at: 2, age: 0, instance: null, seq: -1});
    expect(sample).toMatchObject({release: null, split: -1, length: 1});
    expect(measured(sample)).toEqual({errors: 3});
  });

  it('may set gauges below 0 where the configuration declares them', () => {
    expect(measured(of('side gray temperature -4.5').sample)).toEqual({temperature: -4.5});
  });

  it('takes a name as it can be shown: what looks the same is the same', () => {
    const table = new MetricTable();
    const {sample} = parse(['side', 'gray', 'pa\u200bid\x1b[31m', '1', 'paid', '2'], table);
    expect([sample.metrics[0]?.name, sample.metrics[0] === sample.metrics[1]]).toEqual(['paid', true]);
  });
});

describe('an entry that is none', () => {
  it.each([
    'garbage 1',
    'garbage 1 requests 5',
    'side blue garbage 1',
    'garbage 1 side gray side prod',
    'side gray garbage 1 requests -5',
    'side gray garbage 1 users 5',
    'side gray garbage 1 paid ten',
    'side gray garbage 1 side2 1 value 3',
    'metric garbage value 1',
  ])('%s gives its names no place among the metrics', entry => {
    const table = new MetricTable();
    expect(parse(entry.split(' '), table).wrong).not.toBeNull();
    expect(parse(['side', 'gray', 'garbage', '1', '\u200b', '1'], table).wrong).toBe(
      'not a name of a metric',
    );
    expect(table.get('garbage')).toBeUndefined();
    expect(parse(['side', 'gray', 'garbage', '1'], table).wrong).toBeNull();
    expect(table.get('garbage')).toMatchObject({kind: 'counter'});
  });

  it.each([
    ['requests 1', 'no side'],
    ['side gray side prod requests 1', 'side said twice'],
    ['side blue requests 1', 'side is neither prod nor gray'],
    ['side gray cohort vip requests 1', 'unknown cohort'],
    ['side gray', 'no metric in it'],
    ['side gray requests', 'a name without a value'],
    ['side gray metric response_time', 'metric and value go together'],
    ['side gray value 7', 'metric and value go together'],
    ['side gray metric side value 7', 'not a name of a metric'],
    ['side gray requests -5', 'requests is below 0'],
    ['side gray requests 1.5', 'requests is no whole number'],
    ['side gray response_time -5', 'response_time is below 0'],
    ['side gray requests 1e3', 'requests is no number up to 10^12'],
    ['side gray requests 1e999', 'requests is no number up to 10^12'],
    ['side gray requests NaN', 'requests is no number up to 10^12'],
    ['side gray requests Infinity', 'requests is no number up to 10^12'],
    ['side gray requests 0x10', 'requests is no number up to 10^12'],
    ['side gray requests ٣', 'requests is no number up to 10^12'],
    ['side gray requests 1000000000001', 'requests is no number up to 10^12'],
    ['side gray paid ten', 'paid, which is not declared, is no number from 0 to 10^12'],
    ['version gray requests 1', 'version, which is not declared, is no number from 0 to 10^12'],
    ['side gray paid -1', 'paid, which is not declared, is no number from 0 to 10^12'],
    ['side gray seq 1.5 requests 1', 'seq is no whole number'],
    ['side gray seq 9007199254740993 requests 1', 'seq is no whole number'],
    ['side gray split -1 requests 1', 'split is no whole number'],
    ['side gray age -1 requests 1', 'age is no number of milliseconds'],
    ['side gray users 5', 'users is no sketch'],
    ['side gray requests ~AQ', 'requests takes no sketch'],
    ['side gray response_time ~A', 'response_time: sketch is no base64'],
    ['side gray response_time ~AQ', 'response_time: distribution sketch cut short'],
    [
      `side gray response_time ${users.encode()}`,
      'response_time: not a distribution sketch of a known version',
    ],
    [`side gray users ${times.encode()}`, 'users: not a users sketch of a known version'],
  ])('says why: %s', (entry, why) => {
    expect(of(entry).wrong).toBe(why);
  });

  it.each([
    ['an empty number', ['side', 'gray', 'requests', ''], 'requests is no number up to 10^12'],
    ['an empty name', ['side', 'gray', '', '1'], 'not a name of a metric'],
    ['a name of controls only', ['side', 'gray', '\x1b[2J\u202e', '1'], 'not a name of a metric'],
    [
      'a name that becomes another word of the entry',
      ['side', 'gray', 'si\u200bde', '1'],
      'not a name of a metric',
    ],
    ['a megabyte of name', ['side', 'gray', 'x'.repeat(1e6), '1'], 'not a name of a metric'],
    [
      'a megabyte of number',
      ['side', 'gray', 'requests', '1'.repeat(1e6)],
      'requests is no number up to 10^12',
    ],
    [
      'a megabyte of sketch',
      ['side', 'gray', 'response_time', `~${'A'.repeat(1e6)}`],
      'response_time: sketch is too long',
    ],
    [
      'a long instance',
      ['side', 'gray', 'instance', 'x'.repeat(129), 'requests', '1'],
      'instance is too long',
    ],
    ['a long release', ['side', 'gray', 'release', 'x'.repeat(129), 'requests', '1'], 'release is too long'],
    ['a thousand fields', Array.from({length: 1000}, () => 'x'), 'too many fields'],
    ['nothing', [], 'no side'],
  ])('is refused without a throw: %s', (_, fields, why) => {
    expect(parse(fields).wrong).toBe(why);
  });

  it('of too many sketches is refused before it fills the memory', () => {
    const large = new LogHistogram();
    for (let ms = 0.002; ms < 1e12; ms *= 1.018) large.add(ms, 1e9);
    const fields = [
      'side',
      'gray',
      ...Array.from({length: 200}, () => ['response_time', large.encode()]).flat(),
    ];
    expect(parse(fields).wrong).toBe('response_time: sketch is too long');
  });

  it('takes no place among the names', () => {
    const table = new MetricTable();
    for (let index = 0; index < 200; index++) parse(['side', 'gray', `name_${index}`, 'junk'], table);
    expect(parse(['side', 'gray', 'paid', '1'], table).sample.length).toBe(1);
  });

  it('never throws, whatever is in it, and what is taken is in range', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'side',
        'gray',
        'prod',
        'metric',
        'value',
        'seq',
        'age',
        'requests',
        'response_time',
        'users',
      ),
      fc.constantFrom('~', '1', '-5', '1e9', '0x10', '', 'NaN', '3.14', times.encode(), users.encode()),
      fc.string({unit: 'binary', maxLength: 20}),
      fc.uint8Array({maxLength: 30}).map(bytes => `~${Buffer.from(bytes).toString('base64')}`),
    );
    fc.assert(
      fc.property(fc.array(word, {maxLength: 12}), fc.boolean(), (words, sided) => {
        const {wrong, sample} = parse(sided ? ['side', 'gray', ...words] : words);
        const taken = wrong === null ? sample.values.slice(0, sample.length) : [];
        expect(wrong?.length ?? 0).toBeLessThan(120);
        // NaN stands for a sketch.
        expect(taken.every(value => Number.isNaN(value) || Math.abs(value) <= 1e12)).toBe(true);
      }),
      {numRuns: 2000},
    );
  });
});
