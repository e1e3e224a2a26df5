import {describe, expect, test} from 'vitest';
import type {Side} from '../../source/analysis/numbers.ts';
import {encodeTally, mergeTallies, type Tally} from '../../source/analysis/windows/roll-up.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {openPastSeries, type PastSeries} from '../../source/monitor/past-series.ts';
import {feed} from '../analysis/feed.ts';
import {HOUR, MINUTE} from '../release/specification.ts';

const BEGIN = 1_800_000_000_000;
const METRICS = ['error_rate', 'throughput', 'response_time_p95', 'active_users', 'queue'];
const DECLARED = {gauges: ['queue']};

/** A service that was measured for hours: all of it, what a console that begins late knows, and the store's minutes. */
function service(hours: number): {
  all: Windows;
  late: Windows;
  rows: {t: number; body: string}[];
  now: number;
} {
  const now = BEGIN + hours * HOUR;
  const all = new Windows({keepSeconds: hours * 3600 + 60, ...DECLARED});
  const late = new Windows(DECLARED);
  const minutes = new Map<number, Tally[]>();
  for (const windows of [all, late])
    windows.begin({release: 'r1', splitVersion: 0, since: BEGIN, startedAt: BEGIN});
  for (let at = BEGIN; at < now; at += 5000) {
    const wave = Math.floor((at - BEGIN) / (10 * MINUTE)) % 6;
    for (const side of ['prod', 'gray'] as const) {
      const entry = `side ${side} requests 100 errors ${wave} response_time ${50 + wave} queue ${wave}`;
      feed(all, at, entry, at);
      if (at >= now - 15 * MINUTE) feed(late, at, entry, at);
    }
    const minute = Math.floor(at / MINUTE) * MINUTE;
    const tally = all.rollUp(at);
    if (tally !== null) minutes.set(minute, [...(minutes.get(minute) ?? []), tally]);
  }
  const rows = Array.from(minutes, ([t, tallies]) => ({
    t,
    body: encodeTally(mergeTallies(t, MINUTE, tallies)),
  }));
  return {all, late, rows, now};
}

/** The past as a console reads it, with how many rows it has read of the store. */
function pastOf(
  late: Windows,
  rows: readonly {t: number; body: string}[],
  now: number,
  release = 'r1',
): PastSeries & {read(): number; begin(release: string): void} {
  let read = 0;
  let running = release;
  const past = openPastSeries(late, {
    shelf: {
      async read(_, since, take) {
        const found = rows.filter(({t}) => t >= since);
        read += found.length;
        await take(found);
      },
    },
    declared: DECLARED,
    now: () => now,
    release: () => running,
  });
  return {...past, read: () => read, begin: name => (running = name)};
}

describe('metrics over the whole length of a release', () => {
  const {all, late, rows, now} = service(5);
  const span = {from: BEGIN, to: now};

  test('are those of a process that saw all of it, for one that began late', async () => {
    const past = pastOf(late, rows, now);
    past.series('gray', 'error_rate', span, 5 * MINUTE);
    await past.ready();
    for (const metric of METRICS)
      for (const side of ['prod', 'gray'] satisfies Side[])
        expect(past.series(side, metric, span, 5 * MINUTE), `${side} ${metric}`).toEqual(
          all.series(side, metric, span, 5 * MINUTE),
        );
    past.close();
  });

  test('of steps that are shorter than a minute hold the value of their minute', async () => {
    const past = pastOf(late, rows, now);
    const part = {from: BEGIN + HOUR, to: BEGIN + 2 * HOUR};
    past.series('gray', 'error_rate', part, 20_000);
    await past.ready();
    const values = past.series('gray', 'error_rate', part, 20_000);
    expect(values).toEqual(all.series('gray', 'error_rate', part, 20_000));
    past.close();
  });

  test('are not read from the store before a chart asks for them, and then once', async () => {
    const past = pastOf(late, rows, now);
    past.series('gray', 'error_rate', {from: now - 10 * MINUTE, to: now}, 10_000);
    await past.ready();
    expect(past.read()).toBe(0);
    past.series('gray', 'error_rate', span, 5 * MINUTE);
    await past.ready();
    const once = past.read();
    expect(once).toBeGreaterThan(250);
    past.series('gray', 'error_rate', span, 5 * MINUTE);
    await past.ready();
    expect(past.read()).toBeLessThan(once + 10);
    past.close();
  });

  test('leave out what gray measured under another release', async () => {
    const past = pastOf(late, rows, now, 'r2');
    past.series('gray', 'error_rate', span, 5 * MINUTE);
    await past.ready();
    const old = {from: BEGIN, to: now - HOUR};
    expect(past.series('gray', 'error_rate', old, 5 * MINUTE).every(value => value === null)).toBe(true);
    expect(past.series('prod', 'error_rate', old, 5 * MINUTE).every(value => value !== null)).toBe(true);
    past.close();
  });
});

test('a release of weeks is kept by the quarter of an hour', async () => {
  const days = 10;
  const {rows, late, now} = service(2);
  const [first] = rows;
  const body = first?.body ?? '';
  const old = Array.from({length: days * 24 * 60}, (_, minute) => ({
    t: BEGIN - (days * 24 * 60 - minute) * MINUTE,
    body,
  }));
  const past = pastOf(late, [...old, ...rows], now);
  const span = {from: BEGIN - days * 24 * HOUR, to: now};
  past.series('prod', 'error_rate', span, 2 * HOUR);
  await past.ready();
  const values = past.series('prod', 'error_rate', span, 2 * HOUR);
  expect(values).toHaveLength(days * 12 + 1);
  expect(values.every(value => value !== null)).toBe(true);
  past.close();
});
