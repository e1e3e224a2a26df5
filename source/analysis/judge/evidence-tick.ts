import type {EvidenceTick, SideTick} from '../evidence/tick.ts';
import type {Cohort, Side} from '../numbers.ts';
import type {SecondCounts} from '../windows/windows.ts';

/** Where seconds come from; `Windows` is one. */
export interface Seconds {
  second(side: Side, at: number, cohort: Cohort): SecondCounts | null;
}

const NOTHING: SideTick = {requests: 0, errors: 0, conversions: 0, hist: []};
/** Evidence reads eight buckets to the octave, as `judge` does. */
const PER_OCTAVE = 8;

/**
 * The second that begins at `at` (milliseconds since 1970) as evidence wants it; null when it is not kept. A second in
 * which a side was silent counts nothing there.
 * @param percent that the split asks for, 0–100; null when unknown
 */
export function evidenceTick(seconds: Seconds, at: number, percent: number | null): EvidenceTick | null {
  const prod = seconds.second('prod', at, 'eligible');
  const gray = seconds.second('gray', at, 'eligible');
  if (prod === null && gray === null) return null;
  return {
    t: Math.floor(at / 1000),
    grayShare: percent === null ? null : percent / 100,
    prod: sideTick(prod),
    gray: sideTick(gray),
  };
}

/** One side of a second. */
export function sideTick(counts: SecondCounts | null): SideTick {
  if (counts === null) return NOTHING;
  const {requests, errors, conversions, responseTime, people, instances} = counts;
  return {
    requests,
    errors,
    conversions,
    latencySumMs: responseTime?.sum ?? 0,
    hist: responseTime?.buckets(PER_OCTAVE) ?? [],
    ...(people === null ? {} : {people}),
    ...(instances === undefined ? {} : {instances}),
  };
}
