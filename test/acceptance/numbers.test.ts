import {describe, expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, openConsole, redisPlace, startRelease, statusOf} from './place.ts';
import {entry, staysAlive, xadd, type Entry} from './writer.ts';

const SIDES = ['prod', 'gray'] as const;

/** 1 000 entries: 400 requests a side told alone, 60 batches of counters a side, 40 of the single form. */
function thousand(): {
  entries: Entry[];
  expected: Record<string, {requests: number; errors: number; conversions: number; times: number[]}>;
} {
  const entries: Entry[] = [];
  const expected: ReturnType<typeof thousand>['expected'] = {};
  for (const side of SIDES) {
    const slow = side === 'gray' ? 2 : 1;
    const so = {requests: 0, errors: 0, conversions: 0, times: [] as number[]};
    expected[side] = so;
    for (let n = 0; n < 400; n++) {
      const errors = n % (side === 'gray' ? 16 : 50) === 0 ? 1 : 0;
      const conversions = n % 20 === 0 ? 1 : 0;
      // Between 20 and 800 ms, dense where the 95th percentile lies.
      const time = Math.round(slow * 20 * Math.exp((n / 400) * 3));
      entries.push(entry({side, requests: 1, response_time: time, errors, conversions}));
      so.requests += 1;
      so.errors += errors;
      so.conversions += conversions;
      so.times.push(time);
    }
    for (let n = 0; n < 60; n++) {
      entries.push(entry({side, instance: `web-${n % 3}`, seq: n, requests: 7, errors: 1, conversions: 2}));
      so.requests += 7;
      so.errors += 1;
      so.conversions += 2;
    }
    for (let n = 0; n < 40; n++) {
      const time = slow * (30 + n * 5);
      entries.push(entry({side, metric: 'response_time', value: time}));
      so.times.push(time);
    }
  }
  return {entries, expected};
}

/** Nearest rank, of all values. */
function p95(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN;
}

const rateOf = (part: number, whole: number) => (100 * part) / whole;

describe.skipIf(redisMissing)('1 000 entries written by nothing but redis-cli XADD', () => {
  test('are in status --json and on the screen: to the request, and p95 within 1 %', async () => {
    await using place = await redisPlace();
    await startRelease(place, '--over', 'v1.0.9');
    await using console = await openConsole(place, ['--feature', FEATURE]);
    const {entries, expected} = thousand();
    expect(entries).toHaveLength(1000);
    using _alive = staysAlive(place.redis.admin);
    await xadd(place.redis.port, entries);

    const {sides} = await statusOf(place);
    for (const side of SIDES) {
      const {requests, errors, conversions, times} = expected[side]!;
      expect(sides[side]).toMatchObject({
        requests,
        errors,
        conversions,
        errorRate: rateOf(errors, requests),
        conversionRate: rateOf(conversions, requests),
      });
      expect(Math.abs(sides[side].responseTime.p95! / p95(times) - 1)).toBeLessThan(0.01);
    }

    // Gray stands on the right of each row: what is said of it comes second.
    const {prod, gray} = {prod: expected['prod']!, gray: expected['gray']!};
    const count = (number: number) => String(number).replace(/(?=(?:\d{3})+$)(?!^)/gu, ' ');
    await console.until(
      new RegExp(
        `PROD v1\\.0\\.9 .*${count(prod.requests)} requests in .*GRAY v1\\.1\\.0 .*${count(gray.requests)} requests in`,
        'u',
      ),
    );
    const row = (label: string) => {
      // A row of the panels: the headline above them may name the metric as well.
      const isRow = (text: string) => text.startsWith('│') && new RegExp(`[ ›]${label} `, 'u').test(text);
      const line = console.screen().find(isRow) ?? '';
      return Array.from(line.matchAll(/([\d.]+) (?:%|ms)/gu), ([, number]) => Number(number)).slice(0, 2);
    };
    expect(row('error rate')).toEqual([prod, gray].map(side => shown(rateOf(side.errors, side.requests))));
    expect(row('conversion')).toEqual(
      [prod, gray].map(side => shown(rateOf(side.conversions, side.requests))),
    );
    for (const [index, side] of [prod, gray].entries()) {
      expect(Math.abs(row('p95')[index]! - p95(side.times))).toBeLessThan(0.01 * p95(side.times) + 0.5);
    }
  });
});

/** Three significant digits, as the screen writes rates. */
const shown = (rate: number) => Number(rate.toPrecision(3));
