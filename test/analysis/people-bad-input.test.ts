import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {evidenceTick} from '../../source/analysis/judge/evidence-tick.ts';
import {readRow} from '../../source/analysis/people/journal.ts';
import {levelOf, personHasher} from '../../source/analysis/people/person.ts';
import {People} from '../../source/analysis/people/people.ts';
import {PeopleTable} from '../../source/analysis/people/table.ts';
import {readTick} from '../../source/analysis/people/read-tick.ts';
import {FAILED, PeopleNews, SEEN, SLOWEST, TENTH} from '../../source/analysis/people/wire.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {encodeBase64} from '../../source/analysis/sketches/base64.ts';
import {decodeTally, encodeTally} from '../../source/analysis/windows/roll-up.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {bucketOf} from '../../source/audience/bucket.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {WindowsAt} from '../../source/replay/past-monitor.ts';
import {T0} from './feed.ts';

const BEGIN = {release: 'r-1', splitVersion: 1, since: T0};

function windows(): Windows {
  const made = new Windows({feature: 'pay', keepSeconds: 600});
  made.begin(BEGIN);
  return made;
}

const sample = new Sample();
function add(into: Windows, fields: string[], at = T0 + 500): void {
  expect(new SampleParser(into.table).parse(fields, at, sample)).toBeNull();
  into.add(sample, at);
}

const TEN = 'side gray release r-1 split 1 requests 10 errors 2'.split(' ');
const batch = (people: string, ...more: string[]) => [...TEN, ...more, 'people', people];

/** News of people, as a writer that does not look would write it. */
function news(named: number, people: [hash: number, marks: number, ...levels: number[]][]): string {
  const written = new PeopleNews();
  written.named = named;
  for (const [hash, marks, slowest = 0, third = 0, tenth = 0] of people)
    written.push(hash, marks, slowest, third, tenth);
  return written.encode();
}

const codes = (from: Windows) => from.faults().map(({code, count}) => `${code} ${count}`);
const people = (from: Windows, at = T0) => evidenceTick(from, at, 10)?.gray.people;

describe('people that an entry tells wrongly', () => {
  test.each([
    ['no base64', '~***'],
    ['not marked as bytes', 'abc'],
    ['empty', '~'],
    ['of a version that comes later', `~${encodeBase64(Uint8Array.of(9, 1, 0))}`],
    ['cut short', `~${encodeBase64(Uint8Array.of(1, 1, 2, 7, 0, 0, 0, 1))}`],
    ['longer than it says', `~${encodeBase64(Uint8Array.of(1, 1, 0, 7))}`],
    ['with unknown news', `~${encodeBase64(Uint8Array.of(1, 1, 1, 7, 0, 0, 0, 64))}`],
    ['with a level that is none', `~${encodeBase64(Uint8Array.of(1, 1, 1, 7, 0, 0, 0, 8, 200))}`],
    ['naming one person twice', `~${encodeBase64(Uint8Array.of(1, 2, 2, 7, 0, 0, 0, 1, 7, 0, 0, 0, 1))}`],
    ['counting more than fit', `~${encodeBase64(Uint8Array.of(1, 1, 255, 255, 255, 127, 7, 0, 0, 0, 1))}`],
    ['as a megabyte', `~${'A'.repeat(1_000_000)}`],
  ])('%s: its samples count, its people do not, and it has a name', (_, text) => {
    const counted = windows();
    add(counted, batch(text));
    expect(counted.second('gray', T0, 'eligible')).toMatchObject({requests: 10, errors: 2});
    expect(people(counted)).toBeUndefined();
    expect(codes(counted)).toEqual(['people-unreadable 1']);
  });

  test.each([
    ['more requests that name a person than requests', news(11, [])],
    [
      'more people than requests that name one',
      news(1, [
        [7, SEEN],
        [8, SEEN],
      ]),
    ],
    [
      'more failed people than errors',
      news(10, [
        [7, FAILED],
        [8, FAILED],
        [9, FAILED],
      ]),
    ],
    ['more slow people than answers', news(10, [[7, SLOWEST, 20]])],
    ['a million requests that name one person', news(1_000_000, [[7, SEEN]])],
  ])('%s', (_, text) => {
    const counted = windows();
    add(counted, batch(text));
    expect(counted.second('gray', T0, 'eligible')).toMatchObject({requests: 10, errors: 2});
    expect(people(counted)).toBeUndefined();
    expect(codes(counted)).toEqual(['people-contradictory 1']);
  });

  test('of another release, they are of no use', () => {
    const counted = windows();
    add(counted, ['side', 'gray', 'requests', '10', 'people', news(10, [[7, SEEN]])]);
    expect(codes(counted)).toEqual(['people-unreadable 1']);
  });

  test('whatever bytes come, nothing is thrown', () => {
    const counted = windows();
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), bytes => {
        add(counted, batch(`~${encodeBase64(Uint8Array.of(1, ...bytes))}`, 'response_time', '80'));
      }),
      {numRuns: 2000},
    );
    const {failed = 0, seen = 0} = people(counted) ?? {};
    expect(failed).toBeLessThanOrEqual(2 * 2000);
    expect(seen).toBeLessThanOrEqual(10 * 2000);
  });
});

describe('an entry of one request that names its person', () => {
  const request = (id: string, ...more: string[]) => ['side', 'gray', 'requests', '1', 'person', id, ...more];

  test('counts once for each finding, and again for nothing', () => {
    const counted = windows();
    for (let n = 0; n < 12; n++) add(counted, request('u-1', 'errors', '1', 'response_time', '100'));
    add(counted, request('u-1', 'errors', '0', 'conversions', '1', 'response_time', '900'));
    const low = (levelOf(100) - 21) * 4;
    const high = (levelOf(900) - 21) * 4;
    expect(people(counted)).toEqual({
      requests: 13,
      seen: 1,
      failed: 1,
      converted: 1,
      slowest: [[high, 1]],
      third: [[low, 1]],
      tenth: [[low, 1]],
    });
    expect(counted.faults()).toEqual([]);
  });

  test('of many requests it is a contradiction', () => {
    const counted = windows();
    add(counted, ['side', 'gray', 'requests', '2', 'person', 'u-1']);
    expect(codes(counted)).toEqual(['people-contradictory 1']);
  });

  test('with an id of a megabyte it is known by the first 4096 characters and its length', () => {
    const hash = personHasher('pay', 'r-1');
    const long = 'x'.repeat(1_000_000);
    const began = performance.now();
    for (let n = 0; n < 1000; n++) hash(long);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(hash(`${long}a`)).not.toBe(hash(long));
    expect(hash(`${long}a`)).toBe(hash(`${long}b`));
    expect(hash('é')).not.toBe(hash('e'));
  });

  test('is told to no one: not in what is kept, and not in an example of what is wrong', () => {
    const counted = windows();
    add(counted, request('secret-of-ann'));
    const tally = counted.rollUp(T0);
    expect(tally).not.toBeNull();
    expect(tally === null ? '' : encodeTally(tally)).not.toContain('secret');
    expect(JSON.stringify(counted.peopleRows(0))).not.toContain('secret');
  });

  test('of the chosen says nothing of people', () => {
    const counted = windows();
    add(counted, [...request('u-1', 'errors', '1'), 'cohort', 'chosen']);
    add(counted, request('u-2'));
    expect(people(counted)).toMatchObject({requests: 1, seen: 1, failed: 0});
  });
});

test('where fewer than 95 % of the requests of a side name a person, people are left out', () => {
  const counted = windows();
  for (let n = 0; n < 95; n++) add(counted, ['side', 'gray', 'requests', '1', 'person', `u-${n}`]);
  for (let n = 0; n < 5; n++) add(counted, ['side', 'gray', 'requests', '1']);
  expect(people(counted)).toMatchObject({requests: 95, seen: 95});
  expect(counted.people('gray', {from: T0, to: T0 + 1000})).toEqual({seen: 95, failed: 0, converted: 0});
  add(counted, ['side', 'gray', 'requests', '1']);
  expect(people(counted)).toBeUndefined();
  expect(counted.people('gray', {from: T0, to: T0 + 1000})).toBeNull();
  // A minute later these are long ago.
  add(counted, ['side', 'gray', 'requests', '30', 'release', 'r-1', 'people', news(30, [])], T0 + 61_500);
  expect(people(counted, T0 + 61_000)).toMatchObject({requests: 30, seen: 0});
});

test('hashes that collide are one person, and the id of a bucket cannot be read off one', () => {
  const counted = windows();
  add(
    counted,
    batch(
      news(10, [
        [7, SEEN | FAILED],
        [8, SEEN],
      ]),
    ),
  );
  add(counted, batch(news(10, [[7, SEEN | FAILED]])));
  expect(people(counted)).toMatchObject({seen: 2, failed: 1});
  const ofOne = personHasher('pay', 'r-1');
  const ofOther = personHasher('pay', 'r-2');
  const ids = Array.from({length: 2000}, (_, n) => `u-${n}`);
  expect(ids.some(id => ofOne(id) === ofOther(id) || ofOne(id) === bucketOf('pay:', id))).toBe(false);
  // Of those in the first tenth of buckets, a tenth lies in the first tenth of hashes.
  const early = ids.filter(id => bucketOf('pay:', id) < 0xffffffff / 10);
  const both = early.filter(id => ofOne(id) < 0xffffffff / 10).length;
  expect(both / early.length).toBeGreaterThan(0.04);
  expect(both / early.length).toBeLessThan(0.17);
});

describe('a table that is full', () => {
  test('counts no one new, on neither side, and says so', () => {
    const counted = new People('pay', 100);
    counted.begin(BEGIN);
    const table = new PeopleTable(100);
    for (let hash = 1; hash <= 100; hash++) expect(table.place(hash * 7919)).toBeGreaterThanOrEqual(0);
    expect(table.place(1)).toBe(-1);
    expect(table.place(7919)).toBeGreaterThanOrEqual(0);
    for (let n = 0; n < 150; n++) {
      const table = new Windows().table;
      expect(
        new SampleParser(table).parse(['side', 'prod', 'requests', '1', 'person', `u-${n}`], T0, sample),
      ).toBeNull();
      counted.take(sample, T0 / 1000, null, {isTold: true, isNews: true, isNamed: true});
    }
    expect(counted.faults).toMatchObject([{code: 'people-full'}]);
    expect(counted.size).toBeLessThanOrEqual(100);
  });

  test('is no slower for made-up hashes that all want one place', () => {
    const table = new PeopleTable();
    // The inverse of the multiplier, so that all land close together.
    const inverse = 0x144cbc89;
    const began = performance.now();
    let full = 0;
    for (let n = 0; n < 200_000; n++) {
      const hash = Math.imul(((n % 64) << 7) + Math.floor(n / 64) * (1 << 27) + (n >> 8), inverse) >>> 0;
      if (hash !== 0 && table.place(hash) < 0) full++;
    }
    expect(performance.now() - began).toBeLessThan(5000);
    expect(full).toBeGreaterThanOrEqual(0);
    expect(table.bytes).toBeLessThan(30_000_000);
  });

  test('keeps a million people in 21 MiB', () => {
    const table = new PeopleTable();
    let full = 0;
    for (let n = 1; n <= 1_000_000; n++) if (table.place(Math.imul(n, 0x85ebca6b) >>> 0) < 0) full++;
    expect(full).toBe(0);
    expect(table.size).toBe(1_000_000);
    expect(table.bytes).toBeLessThanOrEqual(21 * 1024 * 1024);
  });
});

test('a thousand instances that tell of the same people take no more room than one', () => {
  const counted = windows();
  const all = Array.from({length: 50}, (_, n): [number, number] => [n + 1, SEEN]);
  for (let n = 0; n < 1000; n++) {
    const fields = ['instance', `web-${n}`, 'seq', '1', 'release', 'r-1', 'split', '1'];
    add(counted, ['side', 'gray', ...fields, 'requests', '50', 'people', news(50, all)]);
  }
  expect(people(counted)).toMatchObject({requests: 50_000, seen: 50});
  expect(counted.peopleRows(0).reduce((sum, {body}) => sum + body.length, 0)).toBeLessThan(1000);
});

describe('what is kept', () => {
  test('of a second holds people, and a recording gives them again', () => {
    const counted = windows();
    add(counted, batch(news(10, [[7, SEEN | FAILED | SLOWEST | TENTH, 33, 0, 30]]), 'response_time', '80'));
    const tally = counted.rollUp(T0);
    const read = tally === null ? null : decodeTally(T0, encodeTally(tally));
    expect(read).toEqual(tally);
    const past = new WindowsAt(read === null ? [] : [read], {});
    expect(evidenceTick(past.at(T0 + 2000, BEGIN), T0, 10)).toEqual(evidenceTick(counted, T0, 10));
    expect(people(counted)).toMatchObject({seen: 1, failed: 1, tenth: [[36, 1]]});
  });

  test.each([
    ['a negative count', {seen: -1}],
    ['a count that is none', {failed: Number.NaN}],
    ['half a person', {converted: 0.5}],
    ['an endless count', {seen: 1e300}],
    ['a bucket beyond all', {slowest: [[5000, 1]]}],
    ['no histogram', {third: 7}],
    ['a histogram without end', {tenth: Array.from({length: 500}, () => [4, 1])}],
  ])('%s is no tick', (_, tick) => {
    expect(readTick(tick)).toBeNull();
  });

  test('in rows is read by whoever comes, whatever stands there', () => {
    const counted = windows();
    for (const body of [
      '',
      '{}',
      'null',
      '{"v":1}',
      '{"v":1,"release":"r-1","at":1,"count":0,"bytes":"/////w=="}',
    ])
      expect(counted.restorePeople({t: T0, body}, T0)).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 300}), fc.nat(), (bytes, at) => {
        const body = JSON.stringify({v: 1, release: 'r-1', at, count: 0, bytes: encodeBase64(bytes)});
        readRow({t: T0, body});
        windows().restorePeople({t: T0, body}, T0 + 1000);
      }),
      {numRuns: 2000},
    );
  });

  test('a row that claims to come from the future is learnt, and moves no window', () => {
    const told = windows();
    add(told, batch(news(10, [[7, SEEN | FAILED]])));
    const [row] = told.peopleRows(0);
    const counted = windows();
    expect(row === undefined ? false : counted.restorePeople(row, T0 - 3_600_000)).toBe(true);
    expect(counted.newestAt('gray')).toBeNull();
    add(counted, batch(news(10, [[7, FAILED]])));
    expect(people(counted)).toMatchObject({failed: 0});
  });
});
