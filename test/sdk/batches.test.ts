import {describe, expect, test} from 'vitest';
import {MetricTable} from '../../source/analysis/metric-table.ts';
import {Sample} from '../../source/analysis/sample.ts';
import type {Decision} from '../../source/audience/decide.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {Batches} from '../../source/sdk/batches.ts';

const GRAY: Decision = {side: 'gray', reason: 'percent', cohort: 'eligible', version: 4, release: 'r-1'};
const PROD: Decision = {...GRAY, side: 'prod'};
const SPLIT = () => ({version: 4, split: null});
const KINDS = {distributions: new Set(['db_time']), gauges: new Set(['queue'])};

function batches(): Batches {
  return new Batches({instance: 'web-1-a', kinds: KINDS, feature: 'new_payment', split: SPLIT});
}

/** The fields of an entry by name, decoded as a reader decodes them. */
function read(entry: string[] | undefined): Record<string, string> {
  const fields = entry ?? [];
  const sample = new Sample();
  const table = new MetricTable({distributions: ['db_time'], gauges: ['queue']}, 60);
  expect(new SampleParser(table).parse(fields, 0, sample)).toBeNull();
  return Object.fromEntries(
    fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? '']] : [])),
  );
}

test('many requests of one side and cohort become one entry', () => {
  const gathered = batches();
  for (let n = 0; n < 1000; n++) {
    gathered.record(
      GRAY,
      {requests: 1, errors: n % 10 === 0 ? 1 : 0, response_time: 80 + n, user: `u-${n % 7}`},
      n / 10,
    );
  }
  gathered.record(PROD, {requests: 1, conversions: 1, uses: ['export', 'export', 'print']}, 100);
  gathered.flush(250, false);
  const {entries} = gathered.next(250);
  const [prod, gray] = entries.map(read).toSorted((one, other) => other['side']!.localeCompare(one['side']!));
  expect(entries).toHaveLength(2);
  expect(gray).toMatchObject({
    side: 'gray',
    requests: '1000',
    errors: '100',
    release: 'r-1',
    split: '4',
    age: '200',
  });
  expect(gray).toHaveProperty('users');
  expect(prod).toMatchObject({
    side: 'prod',
    requests: '1',
    conversions: '1',
    'uses.export': '2',
    'uses.print': '1',
  });
  expect(prod).not.toHaveProperty('errors');
});

test('cohorts and splits are kept apart, also if requests end after the split has changed', () => {
  const gathered = batches();
  gathered.record(GRAY, {requests: 1}, 0);
  gathered.record({...GRAY, cohort: 'chosen'}, {requests: 1}, 0);
  gathered.record({...GRAY, version: 5}, {requests: 1}, 0);
  gathered.record(GRAY, {requests: 1}, 0);
  gathered.flush(250, false);
  const said = gathered
    .next(250)
    .entries.map(read)
    .map(({cohort = 'eligible', split, requests}) => [cohort, split, requests]);
  expect(said.toSorted((one, other) => one.join().localeCompare(other.join()))).toEqual([
    ['chosen', '4', '1'],
    ['eligible', '4', '2'],
    ['eligible', '5', '1'],
  ]);
});

test('a sample names split 0 before a split is known, so that it counts for no release that begins meanwhile', () => {
  const gathered = batches();
  gathered.record(
    {side: 'prod', reason: 'unknown', cohort: 'outside', version: 0, release: null},
    {requests: 1},
    0,
  );
  gathered.flush(250, false);
  expect(read(gathered.next(250).entries[0])).toMatchObject({split: '0'});
});

test('metrics are sent by the kind that the options declare', () => {
  const gathered = batches();
  gathered.record(GRAY, {requests: 1, db_time: 3, queue: 9, carts: 2}, 0);
  gathered.record(GRAY, {requests: 1, db_time: 5, queue: 4, carts: 2}, 0);
  gathered.flush(250, false);
  const said = read(gathered.next(250).entries[0]);
  expect(said).toMatchObject({queue: '4', carts: '4'});
  expect(said['db_time']).toMatch(/^~/u);
});

test('entries that the store did not take are sent again under the same numbers, and no others', () => {
  const gathered = batches();
  gathered.record(GRAY, {requests: 1}, 0);
  gathered.flush(250, false);
  const first = gathered.next(250);
  gathered.record(GRAY, {requests: 2}, 300);
  gathered.flush(2000, false);
  const again = gathered.next(2000);
  expect(again.entries.map(read).map(({seq, requests}) => [seq, requests])).toEqual([
    ['1', '1'],
    ['2', '2'],
  ]);
  gathered.taken(first.last);
  expect(
    gathered
      .next(2000)
      .entries.map(read)
      .map(({seq}) => seq),
  ).toEqual(['2']);
  gathered.taken(again.last);
  expect(gathered.waiting).toBe(0);
});

test('memory stays bounded while the store is away, and dropped entries are counted', () => {
  const gathered = batches();
  for (let second = 0; second < 2000; second++) {
    const at = second * 1000;
    gathered.record(GRAY, {requests: 10, response_time: second}, at);
    gathered.flush(at + 1000, false);
  }
  expect(gathered.waiting).toBeLessThanOrEqual(512);
  expect(gathered.dropped).toMatchObject({entries: 2000 - 512, requests: 10 * (2000 - 512)});
  // The newest entries are kept, and one write holds at most 40.
  expect(gathered.next(2_000_000).entries).toHaveLength(40);
});

describe('bad input is counted, and other input is kept', () => {
  test.each([
    ['NaN', {errors: Number.NaN}],
    ['an infinite number', {response_time: Number.POSITIVE_INFINITY}],
    ['a counter below 0', {conversions: -1}],
    ['half a request', {requests: 0.5}],
    ['a text for a number', {carts: 'many'}],
    ['the name of an entry field', {instance: 7}],
    ['a name with a line break', {'a\nb': 1}],
    ['a name of 200 characters', {['n'.repeat(200)]: 1}],
    ['a use with an unfit name', {uses: ['two words']}],
  ])('%s', (_, measured) => {
    const gathered = batches();
    gathered.record(GRAY, {...measured, checked: 1}, 0);
    expect(gathered.dropped.values).toBe(1);
    gathered.flush(250, false);
    expect(read(gathered.next(250).entries[0])).toMatchObject({checked: '1'});
  });

  test('no decision, and no measurement', () => {
    const gathered = batches();
    for (const call of [
      undefined,
      null,
      {},
      {side: 'both'},
      {...GRAY, version: 0.5},
      {...GRAY, cohort: 'all'},
    ])
      gathered.record(call as never, {requests: 1}, 0);
    gathered.record(GRAY, null as never, 0);
    gathered.flush(250, false);
    expect(gathered.waiting).toBe(0);
    expect(gathered.dropped.calls).toBe(6);
  });

  test('more names than a reader keeps', () => {
    const gathered = batches();
    for (let n = 0; n < 500; n++) gathered.record(GRAY, {[`name_${n}`]: 1}, 0);
    gathered.flush(250, false);
    expect(Object.keys(read(gathered.next(250).entries[0])).length).toBeLessThan(80);
    expect(gathered.dropped.values).toBe(500 - 64);
  });
});
