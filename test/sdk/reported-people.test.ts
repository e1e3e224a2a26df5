import {describe, expect, test} from 'vitest';
import {personHasher} from '../../source/analysis/people/person.ts';
import {FAILED, PeopleNews, SEEN, SLOWEST, TENTH, THIRD} from '../../source/analysis/people/wire.ts';
import {decodeBase64} from '../../source/analysis/sketches/base64.ts';
import type {Decision} from '../../source/audience/decide.ts';
import {Batches} from '../../source/sdk/batches.ts';
import {ReportedPeople, type KnownSplit} from '../../source/sdk/reported-people.ts';
import type {Measurement} from '../../source/sdk/tally.ts';

const GRAY: Decision = {side: 'gray', reason: 'percent', cohort: 'eligible', version: 4, release: 'r-1'};
const PROD: Decision = {...GRAY, side: 'prod'};

/** A process, and what each of its records reports about people: marks of one person, 0 for no news. */
function process(split: () => KnownSplit = () => ({version: 4, split: null})) {
  const told = new ReportedPeople('pay', split);
  const record = (decision: Decision, measured: Measurement): number => {
    const news = new PeopleNews();
    told.record(decision, measured, news, true);
    return news.marks[0] !== undefined && news.length > 0 ? news.marks[0] : 0;
  };
  return {told, record};
}

describe('the news of a process about a person', () => {
  test('is sent once, and on the other side only that the person was seen there', () => {
    const {record} = process();
    const slow = {requests: 1, errors: 1, response_time: 900, user: 'u-1'};
    expect(record(PROD, slow)).toBe(SEEN | FAILED | SLOWEST);
    expect(record(PROD, slow)).toBe(0);
    expect(record(GRAY, slow)).toBe(SEEN | THIRD);
    for (let n = 0; n < 6; n++) expect(record(GRAY, slow)).toBe(0);
    expect(record(GRAY, slow)).toBe(TENTH);
    expect(record(GRAY, {...slow, user: 'u-2'})).toBe(SEEN | FAILED | SLOWEST);
  });

  test('is empty without a user, for the chosen, and if no release runs', () => {
    const {told, record} = process();
    expect(record(GRAY, {requests: 1, errors: 1})).toBe(0);
    expect(record(GRAY, {requests: 1, errors: 1, user: ''})).toBe(0);
    expect(record({...GRAY, cohort: 'chosen'}, {requests: 1, errors: 1, user: 'u-1'})).toBe(0);
    expect(record({...GRAY, release: null}, {requests: 1, errors: 1, user: 'u-1'})).toBe(0);
    expect(told.size).toBe(0);
  });

  test('identifies a person by the id as text, as decide does', () => {
    const {told, record} = process();
    record(GRAY, {requests: 1, user: 7});
    expect(record(GRAY, {requests: 1, user: '7'})).toBe(0);
    expect(told.size).toBe(1);
  });

  test('is empty for invalid numbers', () => {
    const {record} = process();
    expect(record(GRAY, {requests: Number.NaN, errors: -1, response_time: Infinity, user: 'u-1'})).toBe(0);
    expect(record(GRAY, {requests: 0.5, errors: 1e300, response_time: -3, user: 'u-1'})).toBe(0);
  });

  test('begins again with another release, and "seen" with another split', () => {
    let split = {percent: 5};
    let version = 4;
    const {told, record} = process(() => ({version, split}));
    const failed = {requests: 1, errors: 1, user: 'u-1'};
    expect(record(GRAY, failed)).toBe(SEEN | FAILED);
    // A commit that leaves the split as it is.
    version = 5;
    split = {percent: 5};
    expect(record({...GRAY, version}, failed)).toBe(0);
    version = 6;
    split = {percent: 20};
    expect(record({...GRAY, version}, failed)).toBe(SEEN);
    // A request that was decided before does not count for the newer split.
    expect(record({...PROD, version: 5}, failed)).toBe(0);
    expect(record({...PROD, version}, failed)).toBe(SEEN);
    version = 7;
    expect(record({...GRAY, version, release: 'r-2'}, failed)).toBe(SEEN | FAILED);
    expect(record({...GRAY, version: 6}, failed)).toBe(0);
    expect(told.size).toBe(1);
  });

  test('says "seen" under each of hundreds of splits', () => {
    let version = 1;
    const {record} = process(() => ({version, split: {version}}));
    for (; version < 700; version++)
      expect(record({...GRAY, version}, {requests: 1, user: 'u-1'})).toBe(SEEN);
  });

  test('takes bounded memory for any number of people', () => {
    const {told} = process();
    const news = new PeopleNews();
    for (let n = 0; n < 600_000; n++) {
      told.record(GRAY, {requests: 1, user: n}, news, true);
      if (n % 1000 === 0) news.clear();
    }
    expect(told.bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(told.size).toBeLessThan(210_000);
  });

  test('that does not fit into one entry is sent later', () => {
    const {told} = process();
    const news = new PeopleNews();
    for (let n = 0; n < 10_000; n++) told.record(GRAY, {requests: 1, user: n, response_time: 5}, news, true);
    expect(news.length).toBe(4500);
    expect(news.named).toBe(10_000);
    expect(news.encode().length).toBeLessThanOrEqual(49_152);
    news.clear();
    for (let n = 0; n < 10_000; n++) told.record(GRAY, {requests: 1, user: n, response_time: 5}, news, true);
    expect(news.length).toBe(4500);
  });
});

describe('an entry', () => {
  const kinds = {distributions: new Set<string>(), gauges: new Set<string>()};
  const split = () => ({version: 4, split: null});
  const batches = () => new Batches({instance: 'web-1', kinds, feature: 'pay', split});
  const peopleOf = (fields: string[] | undefined): PeopleNews | null => {
    const text = fields?.[fields.indexOf('people') + 1] ?? '';
    if (fields?.includes('people') !== true) return null;
    const bytes = new Uint8Array(text.length);
    const news = new PeopleNews();
    expect(news.decode(bytes, 0, decodeBase64(text, 1, bytes, 0))).toBeNull();
    return news;
  };

  test('holds hashes and no ids, each once', () => {
    const gathered = batches();
    for (let n = 0; n < 30; n++)
      gathered.record(GRAY, {requests: 1, errors: n % 2, response_time: 10 * n, user: `ann-${n % 3}`}, 0);
    gathered.flush(100, true);
    const [entry] = gathered.next(100).entries;
    expect(JSON.stringify(entry)).not.toContain('ann');
    const news = peopleOf(entry);
    expect(news?.named).toBe(30);
    const hash = personHasher('pay', 'r-1');
    const expected = ['ann-0', 'ann-1', 'ann-2'].map(hash).toSorted((one, other) => one - other);
    expect([...(news?.hashes.subarray(0, news.length) ?? [])]).toEqual(expected);
  });

  test('that was dropped is sent again', () => {
    const gathered = batches();
    const ask = (n: number) => gathered.record(GRAY, {requests: 1, errors: 1, user: 'u-1'}, n * 1000);
    for (let n = 0; n < 600; n++) {
      ask(n);
      gathered.flush(n * 1000, true);
    }
    expect(gathered.dropped.entries).toBe(600 - 512);
    const waiting: string[][] = [];
    while (gathered.waiting > 0) {
      const {entries, last} = gathered.next(0);
      waiting.push(...entries);
      gathered.taken(last);
    }
    const told = waiting.filter(entry => (peopleOf(entry)?.length ?? 0) > 0);
    expect(told).toHaveLength(1);
    expect(told[0]?.[told[0].indexOf('seq') + 1]).toBe('514');
  });

  test('without a user has no people field', () => {
    const gathered = batches();
    gathered.record(GRAY, {requests: 1, errors: 1}, 0);
    gathered.flush(100, true);
    expect(gathered.next(100).entries[0]).not.toContain('people');
  });
});
