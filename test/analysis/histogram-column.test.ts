import fc from 'fast-check';
import {expect, it} from 'vitest';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import type {Lane} from '../../source/analysis/windows/lane.ts';
import {SecondRing} from '../../source/analysis/windows/second-ring.ts';

const SLOTS = 400;
const METRIC = {index: 0};

/** A value that comes some seconds late, and how far time then goes on. */
const arrival = fc.record({
  value: fc.integer({min: 0, max: 2000}),
  late: fc.oneof({weight: 6, arbitrary: fc.constant(0)}, fc.integer({min: 0, max: 350})),
  on: fc.oneof({weight: 6, arbitrary: fc.integer({min: 0, max: 2})}, fc.integer({min: 0, max: 90})),
});

const told = (histogram: LogHistogram) => ({
  count: histogram.count,
  sum: histogram.sum,
  buckets: histogram.buckets(),
});

it('sums of windows that slide are those of windows that are merged anew', () => {
  fc.assert(
    fc.property(
      fc.array(arrival, {minLength: 20, maxLength: 300}),
      fc.integer({min: 60, max: 380}),
      (arrivals, length) => {
        const ring = new SecondRing(SLOTS);
        const lane: Lane = ring.lane('gray', 'eligible');
        const all: {second: number; value: number}[] = [];
        let now = 1000;
        for (const {value, late, on} of arrivals) {
          const second = now - late;
          const slot = ring.open(second);
          if (slot >= 0) {
            lane.distribution(METRIC, slot).add(value);
            ring.touch(slot);
            all.push({second, value});
          }
          const {first, end} = ring.clip({first: now + 1 - length, end: now + 1});
          const slid = new LogHistogram();
          lane.distributions[METRIC.index]?.mergeInto(slid, first, end, ring);
          const fresh = new LogHistogram();
          for (const one of all) if (one.second >= first && one.second < end) fresh.add(one.value);
          expect(told(slid)).toStrictEqual(told(fresh));
          now += on;
        }
      },
    ),
    {numRuns: 200},
  );
});
