import {describe, expect, test} from 'vitest';
import {evidenceTick} from '../../source/analysis/judge/evidence-tick.ts';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {feed, T0} from './feed.ts';

const BEGIN = {release: 'r', splitVersion: 1, since: T0};
const begun = () => {
  const windows = new Windows();
  windows.begin(BEGIN);
  return windows;
};
const hostsOf = (windows: Windows, at = T0) => evidenceTick(windows, at, 10)?.gray.instances;

describe('what each host did in a second', () => {
  test('is summed up, times from numbers and from sketches', () => {
    const windows = begun();
    const times = new LogHistogram();
    times.add(100, 3);
    times.add(20);
    feed(windows, T0, `side gray instance a seq 1 requests 4 errors 1 response_time ${times.encode()}`);
    feed(windows, T0 + 900, 'side gray instance a seq 2 requests 1 errors 0 response_time 50');
    feed(windows, T0 + 500, 'side gray instance b seq 1 requests 2 errors 2');
    feed(windows, T0 + 1000, 'side gray instance a seq 3 requests 7');
    expect(hostsOf(windows)).toEqual([
      {id: 'a', requests: 5, errors: 1, timeSum: 370},
      {id: 'b', requests: 2, errors: 2, timeSum: 0},
    ]);
    expect(hostsOf(windows, T0 + 1000)).toEqual([{id: 'a', requests: 7, errors: 0, timeSum: 0}]);
  });

  test('is not counted twice, nor of people who were chosen, nor of the release before', () => {
    const windows = begun();
    for (let times = 0; times < 2; times++) feed(windows, T0, 'side gray instance a seq 1 requests 4');
    feed(windows, T0, 'side gray instance a seq 2 requests 4 cohort chosen');
    feed(windows, T0, 'side gray instance a seq 3 requests 4 release q');
    expect(hostsOf(windows)).toEqual([{id: 'a', requests: 4, errors: 0, timeSum: 0}]);
    windows.begin({release: 's', splitVersion: 2, since: T0 + 500});
    expect(hostsOf(windows)).toBeUndefined();
  });

  test('is that of all its processes, also when they start again', () => {
    const windows = begun();
    for (const process of ['12-aaaaaa', '13-bbbbbb', '12-c0ffee'])
      feed(windows, T0, `side gray instance web/${process} seq 1 requests 1`);
    feed(windows, T0, 'side gray instance web-000001 requests 1');
    expect(hostsOf(windows)?.map(({id, requests}) => [id, requests])).toEqual([
      ['web', 3],
      ['web-000001', 1],
    ]);
  });

  test('is kept for minutes and of 32 hosts a side; a silent one gives way', () => {
    const windows = begun();
    for (let host = 0; host < 100; host++) feed(windows, T0, `side gray instance h${host} requests 1`);
    expect(hostsOf(windows)).toHaveLength(32);
    const later = T0 + 400_000;
    feed(windows, later, 'side gray instance new requests 1');
    expect(hostsOf(windows, later)).toEqual([{id: 'new', requests: 1, errors: 0, timeSum: 0}]);
    expect(hostsOf(windows)).toBeUndefined();
  });

  test('is absent where no instance is named', () => {
    const windows = begun();
    feed(windows, T0, 'side gray requests 4');
    expect(evidenceTick(windows, T0, 10)?.gray).not.toHaveProperty('instances');
  });
});

describe('an instance that stands out', () => {
  const minute = (entry: (second: number) => readonly string[]): Windows => {
    const windows = begun();
    for (let second = 0; second < 60; second++)
      for (const fields of entry(second)) feed(windows, T0 + second * 1000, fields);
    return windows;
  };
  const codes = (windows: Windows) => windows.faults().map(({code}) => code);

  test('by failing is named, also beside a million clean requests', () => {
    const windows = minute(() => [
      'side gray instance a requests 10000 errors 10',
      'side gray instance b requests 6000 errors 6',
      'side gray instance c requests 5 errors 3',
      'side prod instance p requests 100 errors 1',
    ]);
    expect(windows.faults()).toMatchObject([
      {
        code: 'instance-failing',
        count: 180,
        text: 'instance c of gray fails 60.0 % of 300 requests in the last minute, the others 0.1 % of 960000',
      },
    ]);
  });

  test('by its number of requests is named', () => {
    const windows = minute(second => [
      'side gray instance a requests 20 errors 0',
      'side gray instance b requests 20 errors 0',
      ...(second === 30 ? ['side gray instance evil\u202e requests 1000000 errors 0'] : []),
    ]);
    expect(codes(windows)).toEqual(['instance-loud']);
    expect(windows.faults()[0]?.text).toMatch(/^instance evil\S* of gray reports 1000000 requests/u);
  });

  test('is none where all are alike, few are known, or another split begins', () => {
    const alike = minute(second =>
      ['a', 'b', 'c', 'd'].map(
        id => `side gray instance ${id} requests 20 errors ${(second + id.charCodeAt(0)) % 3}`,
      ),
    );
    expect(codes(alike)).toEqual([]);
    expect(codes(minute(() => ['side gray instance a requests 20 errors 9']))).toEqual([]);
    const windows = minute(() => [
      'side gray instance a requests 90',
      'side gray instance c requests 5 errors 3',
    ]);
    windows.begin({...BEGIN, splitVersion: 2, since: T0 + 61_000});
    expect(codes(windows)).toEqual([]);
  });
});
