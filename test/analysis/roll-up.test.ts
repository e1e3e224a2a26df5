import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {decodeTally, encodeTally, mergeTallies, type Tally} from '../../source/analysis/windows/roll-up.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {T0, feed} from './feed.ts';

const declared = {gauges: ['queue'], distributions: ['db_time']};

const entry = fc.record({
  at: fc.integer({min: 0, max: 59_999}),
  side: fc.constantFrom('prod', 'gray'),
  cohort: fc.constantFrom('eligible', 'chosen'),
  requests: fc.integer({min: 0, max: 9}),
  time: fc.integer({min: 0, max: 900}),
  queue: fc.integer({min: -5, max: 5}),
  user: fc.integer({min: 0, max: 30}),
});

function measured(entries: readonly {at: number; text: string}[]): Windows {
  const windows = new Windows({...declared, keepSeconds: 120});
  for (const {at, text} of entries) feed(windows, T0 + at, text);
  return windows;
}

const texts = fc.array(entry, {maxLength: 60}).map(all =>
  all
    .toSorted((a, b) => a.at - b.at)
    .map(one => {
      const users = new DistinctSketch();
      users.add(`u-${one.user}`);
      const about = `side ${one.side} cohort ${one.cohort} requests ${one.requests} uses.x 1`;
      return {
        at: one.at,
        text: `${about} response_time ${one.time} db_time ${one.time} queue ${one.queue} users ${users.encode()}`,
      };
    }),
);

function secondsOf(windows: Windows, from = 0, to = 60): Tally[] {
  const tallies: Tally[] = [];
  for (let second = from; second < to; second++) {
    const tally = windows.rollUp(T0 + second * 1000);
    if (tally !== null) tallies.push(tally);
  }
  return tallies;
}

const span = {from: T0, to: T0 + 60_000};

describe('roll-ups', () => {
  it('of seconds, read back by another, give the same numbers and charts', () => {
    fc.assert(
      fc.property(texts, entries => {
        const windows = measured(entries);
        const read = new Windows({...declared, keepSeconds: 120});
        for (const tally of secondsOf(windows)) {
          const decoded = decodeTally(tally.t, encodeTally(tally));
          expect(read.restore(decoded!)).toBe(true);
        }
        for (const side of ['prod', 'gray'] as const) {
          expect(read.numbers(side, span)).toEqual(windows.numbers(side, span));
          expect(read.numbers(side, span, 'chosen')).toEqual(windows.numbers(side, span, 'chosen'));
          expect(read.series(side, 'db_time_p95', span, 5000)).toEqual(
            windows.series(side, 'db_time_p95', span, 5000),
          );
        }
      }),
    );
  });

  it('of a minute hold what its seconds hold, however they are grouped', () => {
    fc.assert(
      fc.property(texts, fc.integer({min: 1, max: 59}), (entries, cut) => {
        const seconds = secondsOf(measured(entries));
        const minute = mergeTallies(T0, 60_000, seconds);
        const early = mergeTallies(
          T0,
          cut * 1000,
          seconds.filter(({t}) => t < T0 + cut * 1000),
        );
        const late = mergeTallies(
          T0,
          1000,
          seconds.filter(({t}) => t >= T0 + cut * 1000),
        );
        const grouped = mergeTallies(T0, 60_000, [early, late]);
        for (const tally of [minute, grouped, decodeTally(T0, encodeTally(minute))!])
          expect(plain(tally)).toEqual(plain(minute));
        for (const side of ['prod', 'gray'] as const) {
          const requests = minute.parts
            .filter(part => part.side === side)
            .reduce((sum, part) => sum + part.counters.get('requests')!, 0);
          expect(requests).toBe(measured(entries).numbers(side, span).requests);
        }
      }),
    );
  });

  it('of a second take the place of what was counted there', () => {
    const windows = measured([{at: 0, text: 'side gray requests 5 response_time 9'}]);
    const tally = windows.rollUp(T0)!;
    const late = measured([{at: 0, text: 'side gray requests 2 errors 1 response_time 800'}]);
    late.restore(tally);
    expect(late.numbers('gray', span)).toMatchObject({requests: 5, errors: 0, responseTime: {mean: 9}});
  });

  it('of gray under another release are left out, those of prod are not', () => {
    const windows = new Windows();
    windows.begin({release: 'r1', splitVersion: 0, since: 0});
    feed(windows, T0, 'side gray requests 5');
    feed(windows, T0, 'side prod requests 5');
    const read = new Windows();
    read.begin({release: 'r2', splitVersion: 0, since: 0});
    read.restore(windows.rollUp(T0)!);
    expect(read.numbers('gray', span).requests).toBe(0);
    expect(read.numbers('prod', span).requests).toBe(5);
  });

  it('are none of a second in which nothing was measured', () => {
    const windows = measured([{at: 5000, text: 'side gray requests 5'}]);
    expect(windows.rollUp(T0)).toBeNull();
    expect(windows.rollUp(T0 + 60_000)).toBeNull();
    expect(windows.restore({t: T0, ms: 60_000, release: null, parts: []})).toBe(false);
  });

  it('that somebody else wrote are refused, and nothing is thrown', () => {
    const good = encodeTally(
      measured([{at: 0, text: 'side gray requests 5 response_time 9 queue 1'}]).rollUp(T0)!,
    );
    expect(decodeTally(T0, good)).not.toBeNull();
    const parsed = JSON.parse(good);
    const part = parsed.parts[0];
    for (const bad of [
      {...parsed, v: 2},
      {...parsed, ms: 'x'},
      {...parsed, release: 3},
      {...parsed, parts: 'none'},
      {...parsed, parts: [{...part, side: 'blue'}]},
      {...parsed, parts: [{...part, place: 'here'}]},
      {...parsed, parts: [{...part, counters: {requests: -1}}]},
      {...parsed, parts: [{...part, counters: {['x'.repeat(99)]: 1}}]},
      {...parsed, parts: [{...part, gauges: {queue: 1}}]},
      {...parsed, parts: [{...part, distributions: {response_time: '~AQ'}}]},
      {...parsed, parts: [{...part, users: '~AQ'}]},
      {...parsed, parts: Array.from({length: 9}, () => part)},
    ])
      expect(decodeTally(T0, JSON.stringify(bad))).toBeNull();
    for (const text of ['', 'null', '[]', '{', 'x'.repeat(2_000_000)])
      expect(decodeTally(T0, text)).toBeNull();
    fc.assert(fc.property(fc.json(), text => decodeTally(T0, text) === null));
  });
});

/** Without the classes, so that two can be compared; sums rounded, since they are added up in another order. */
function plain(tally: Tally) {
  return tally.parts
    .map(part => ({
      key: `${part.side} ${part.place}`,
      entries: part.entries,
      counters: Object.fromEntries(part.counters),
      gauges: Object.fromEntries(part.gauges),
      distributions: Array.from(part.distributions, ([name, one]) => [
        name,
        one.buckets(),
        Math.round(one.sum),
      ]),
      users: part.users && Buffer.from(part.users.toBytes()).toString('hex'),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
