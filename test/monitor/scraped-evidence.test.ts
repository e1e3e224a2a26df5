import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {evidenceTick} from '../../source/analysis/judge/evidence-tick.ts';
import type {Side} from '../../source/analysis/numbers.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {isSteady} from '../../source/analysis/windows/pace.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {encodeSample} from '../../source/metrics/encode.ts';
import {bySeconds} from '../../source/metrics/prometheus/spread.ts';
import {SampleParser} from '../../source/metrics/sample.ts';

const SCRAPE_MS = 15_000;
const PACE = {lagMs: 37_000, blurMs: SCRAPE_MS};
const MINUTES = 20;
/** Each side is scraped at moments of its own, milliseconds after a whole scrape. */
const OFFSET: Record<Side, number> = {prod: 2000, gray: 9500};

/** A generator that gives the same numbers every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a side does in a second. */
type Story = (second: number) => {errors: number; slow: number};

/**
 * Both sides as Prometheus would have scraped them: counts of each interval, in which nothing tells when they came.
 * @returns the second at which evidence decided; null: it did not
 */
function decidedBy(prod: Story, gray: Story, {asksSteady = true, seed = 1} = {}): number | null {
  const random = seeded(seed);
  const windows = new Windows({keepSeconds: 3600});
  const parser = new SampleParser(windows.table);
  const sample = new Sample();
  for (const [side, story] of [
    ['prod', prod],
    ['gray', gray],
  ] as const)
    for (let from = OFFSET[side]; from < MINUTES * 60_000; from += SCRAPE_MS) {
      const counts = {requests: 0, errors: 0, slow: 0};
      for (let ms = from; ms < from + SCRAPE_MS; ms += 10) {
        const {errors, slow} = story(ms / 1000);
        counts.requests++;
        if (random() < errors) counts.errors++;
        if (random() < slow) counts.slow++;
      }
      const interval = {
        side,
        instance: null,
        from,
        to: from + SCRAPE_MS,
        requests: counts.requests,
        errors: counts.errors,
        conversions: 0,
        times: [
          {from: 0.05, to: 0.1, count: counts.requests - counts.slow},
          {from: 0.5, to: 1, count: counts.slow},
        ],
      };
      for (const {at, measured} of bySeconds(interval, {errors: true, conversions: false, msPerUnit: 1000})) {
        expect(parser.parse(encodeSample(measured), at, sample)).toBeNull();
        windows.add(sample, at);
      }
    }
  const evidence = createEvaluator({falseAlarms: 0.01, margin: 0});
  for (let second = 20; second < MINUTES * 60 - 30; second++) {
    const tick = evidenceTick(windows, second * 1000, 50);
    if (tick === null || (asksSteady && !isSteady(windows, second * 1000, PACE))) continue;
    if (evidence.observe(tick).decided) return second;
  }
  return null;
}

const well: Story = () => ({errors: 0.01, slow: 0.05});
/** An outage of what both sides need, from one second to another, again and again. */
const outages =
  (every: number, from: number, to: number): Story =>
  second =>
    second % every >= from && second % every < to ? {errors: 0.5, slow: 0.6} : {errors: 0.01, slow: 0.05};

describe('evidence from counters that are scraped at other moments on each side', () => {
  test('finds a gray that fails within a minute, and one that is slow', () => {
    const failing: Story = second => ({errors: second < 300 ? 0.01 : 0.1, slow: 0.05});
    const slow: Story = second => ({errors: 0.01, slow: second < 300 ? 0.05 : 0.3});
    for (const story of [failing, slow]) {
      const at = decidedBy(well, story);
      expect(at).toBeGreaterThan(285);
      expect(at).toBeLessThan(360);
    }
  });

  test.each([
    [117, 30, 90],
    [119, 30, 38],
    [123, 40, 65],
    [61, 20, 40],
    [301, 100, 250],
  ])('does not take an outage of both sides for a fault of gray: each %d s from %d to %d', (...when) => {
    for (const seed of [1, 2, 3]) expect(decidedBy(outages(...when), outages(...when), {seed})).toBeNull();
  });

  test('would, if it did not ask whether prod is steady', () => {
    const both = outages(117, 30, 90);
    expect(decidedBy(both, both, {asksSteady: false})).not.toBeNull();
  });

  test('finds a gray that fails in the middle of such outages, too', () => {
    const both = outages(301, 100, 160);
    const gray: Story = second => (second < 500 ? both(second) : {errors: 0.6, slow: 0.6});
    expect(decidedBy(both, gray)).toBeGreaterThan(490);
  });

  test('sees two sides alike', () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(decidedBy(well, well, {seed})).toBeNull();
  });
});
