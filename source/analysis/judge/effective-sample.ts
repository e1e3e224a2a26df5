import {dispersion} from '../bounds.ts';
import type {Side, Span} from '../numbers.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import type {WindowReader} from './window-reader.ts';
import {valuesBehind} from '../metrics.ts';
import {shareMetric} from './read-metric.ts';

/** Requests of one person hang together: so many of them count as one at least, whatever was measured. */
export const LEAST_TOGETHER = 2.5;
/** It is measured over so many windows of this length, milliseconds, and not over fewer than the least number. */
const WINDOW_MS = 30_000;
const MOST_WINDOWS = 20;
const FEWEST_WINDOWS = 5;

/**
 * How many independent samples the requests of a side are worth for a metric. Where people are known, each person of the
 * phase is one; else the number of requests divided by the design effect.
 * @param requests of the side, 0 or more
 */
export function effectiveSample(look: WindowReader, side: Side, metric: string, requests: number): number {
  const perPerson = look.computed(`a person of ${side}`, () => requestsPerPerson(look, side));
  return perPerson > 0
    ? requests / Math.max(1, perPerson)
    : requests / look.computed(`together ${metric}`, () => designEffect(look, metric));
}

/** Requests of a side in the phase, by each person; 0 where people are not known. */
function requestsPerPerson(look: WindowReader, side: Side): number {
  const {at} = look.frame;
  const span = {from: at - look.phaseMs, to: at};
  const people = look.peopleIn(side, span);
  return people === null || people === 0 ? 0 : look.requestsIn(side, span) / people;
}

/**
 * How many requests count as one, 2.5 or more: by how much the counts of 30-second windows of the last ten minutes of
 * prod differ beyond chance; of gray, where prod has nothing. Kish, "Survey Sampling" (1965), section 8.2.
 */
function designEffect(look: WindowReader, metric: string): number {
  const end = Math.floor(look.frame.at / WINDOW_MS) * WINDOW_MS;
  const begin = look.span(MOST_WINDOWS * WINDOW_MS).from;
  const spans: Span[] = [];
  for (let to = end; to - WINDOW_MS >= begin && spans.length < MOST_WINDOWS; to -= WINDOW_MS)
    spans.push({from: to - WINDOW_MS, to});
  if (spans.length < FEWEST_WINDOWS) return LEAST_TOGETHER;
  const side = look.alone === null ? 'prod' : 'gray';
  const found = ofShares(look, side, metric, spans) ?? ofValues(look, side, metric, spans);
  return Math.max(LEAST_TOGETHER, found ?? 0);
}

function ofShares(look: WindowReader, side: Side, metric: string, spans: readonly Span[]): number | null {
  const share = shareMetric(metric);
  if (share === null) return null;
  return dispersion(
    spans.map(span => {
      const of = look.requestsIn(side, span);
      return {events: Math.min(of, look.countedIn(side, share.counter, span) ?? 0), of};
    }),
  );
}

/** Of values, how many lie above the quantile that is asked for; for a mean, above the median. */
function ofValues(look: WindowReader, side: Side, metric: string, spans: readonly Span[]): number | null {
  for (const {distribution, quantile} of valuesBehind(metric)) {
    const windows = spans.flatMap(span => look.distributionIn(side, distribution, span) ?? []);
    if (windows.length === 0) continue;
    const all = new LogHistogram();
    for (const values of windows) all.merge(values);
    const limit = all.quantile(quantile ?? 0.5) ?? 0;
    return dispersion(
      windows.map(values => ({events: values.count - values.countUpTo(limit), of: values.count})),
    );
  }
  return null;
}
