import type {LogHistogram} from '../sketches/log-histogram.ts';
import type {Cohort, Side, Span} from '../numbers.ts';

/**
 * How windows come to be. Samples of a store come at once. Counters of Prometheus come by the scrape: a second is known only
 * after the next scrape, and what happened in it is spread over the time between two scrapes.
 */
export interface Pace {
  /** After so long a second is known whole: whole seconds, in milliseconds. */
  lagMs: number;
  /** What happened at a moment may stand in the seconds up to so long before and after it, milliseconds. */
  blurMs: number;
}

interface Sums {
  arrivals(side: Side, span: Span, cohort?: Cohort): {requests: number};
  counted(side: Side, name: string, span: Span, cohort?: Cohort): number | null;
  distribution(side: Side, name: string, span: Span, cohort?: Cohort): LogHistogram | null;
}

/** Rates differ if one is so many times the other, and parts of the response times if they differ by so much. */
const TIMES = 1.5;
const MORE = 0.1;
/** Standard errors beyond which a difference is no chance, at a design effect of 2.5: requests come in clusters. */
const SURE = 3 * Math.sqrt(2.5);
/** Fewer requests of a stretch say nothing. */
const FEWEST = 20;

/**
 * Whether prod's rates are steady around a second, so that a blurred second says what happened in it. Where prod itself begins
 * or stops to fail or to be slow, one side's scrape shows it before the other's, and a comparison of both would mislead.
 * Gray is not looked at: what it does must not decide whether it is judged.
 * @param at begin of the second, milliseconds since 1970
 */
export function isSteady(windows: Sums, at: number, {blurMs}: Pace): boolean {
  const stretches = [-2, -1, 0].map(index => {
    const from = at + index * blurMs;
    return {from, to: from + blurMs};
  });
  return stretches.slice(1).every((span, index) => {
    const before = stretches[index] ?? span;
    return !hasMoved(windows, before, span);
  });
}

function hasMoved(windows: Sums, before: Span, after: Span): boolean {
  const [n, m] = [before, after].map(span => windows.arrivals('prod', span, 'eligible').requests) as [
    number,
    number,
  ];
  if (n < FEWEST || m < FEWEST) return false;
  const [x, y] = [before, after].map(span => windows.counted('prod', 'errors', span, 'eligible') ?? 0) as [
    number,
    number,
  ];
  const [least, most] = x / n < y / m ? [x / n, y / m] : [y / m, x / n];
  if (most > TIMES * least && isBeyondChance(x, n, y, m)) return true;
  const [old, young] = [before, after].map(span =>
    windows.distribution('prod', 'response_time', span, 'eligible'),
  );
  if (old === null || young === null || old === undefined || young === undefined) return false;
  return [0.5, 0.9].some(part => {
    const limit = old.quantile(part) ?? 0;
    const slow = old.count - old.countUpTo(limit);
    const slower = young.count - young.countUpTo(limit);
    const difference = Math.abs(slow / old.count - slower / young.count);
    return difference > MORE && isBeyondChance(slow, old.count, slower, young.count);
  });
}

/** Whether x of n and y of m differ by more than chance explains. */
function isBeyondChance(x: number, n: number, y: number, m: number): boolean {
  const part = (x + y) / (n + m);
  return Math.abs(x / n - y / m) > SURE * Math.sqrt(part * (1 - part) * (1 / n + 1 / m));
}
