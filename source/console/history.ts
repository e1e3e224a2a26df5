import type {ChartTime} from './chart-time.ts';
import type {MonitorView} from '../monitor/monitor.ts';

/** One metric over time on both sides, oldest first; null where nothing is known. The last value may still grow. */
export interface History {
  prod: readonly (number | null)[];
  gray: readonly (number | null)[];
  /** Start of the first value, milliseconds since 1970. */
  from: number;
  /** Time of one value, milliseconds; of a young release several values in a row are of one measurement. */
  stepMs: number;
  /** Time of one measurement, milliseconds: a multiple of `stepMs`. */
  measuredMs: number;
}
export type Histories = ReadonlyMap<string, History>;

/** A step that began less than this ago holds so little that chance alone would draw peaks. */
const TELLING_MS = 3000;
/** Samples of a second arrive until a second later: a measurement of so little would miss them, milliseconds. */
const LATE_MS = 1000;
/** More measurements in a chart show chance rather than change. */
const MEASUREMENTS_AT_MOST = 80;
/** Steps that are compared for the best fit, and how much further than wanted a good one reaches. */
const TRIED = 6;
const FURTHER_AT_MOST = 1.35;

const STEPS_MS = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 60, 90, 120, 180, 240, 300, 360, 480, 600, 720, 900, 1200,
  1800, 2400, 3600, 5400, 7200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400,
].map(seconds => seconds * 1000);

/** How a stretch of time is divided: `repeat` values for each measurement of `measuredMs`. */
export interface Steps {
  measuredMs: number;
  repeat: number;
}

/** Round steps with which `points` values reach back at least `spanMs`, and hardly further; the finest that do. */
export function stepsFor(spanMs: number, points: number): Steps {
  const least = Math.max(1, Math.ceil(points / MEASUREMENTS_AT_MOST));
  const longest = STEPS_MS.at(-1) ?? spanMs;
  const fitting = STEPS_MS.map(measuredMs => ({
    measuredMs,
    repeat: Math.floor((points * measuredMs) / spanMs),
  })).filter(({repeat}) => repeat >= least);
  const tried = fitting.length === 0 ? [{measuredMs: longest, repeat: least}] : fitting.slice(0, TRIED);
  const shown = ({measuredMs, repeat}: Steps): number => (points * measuredMs) / repeat;
  const shortest = Math.min(...tried.map(shown));
  return (
    tried.find(steps => shown(steps) <= Math.max(shortest, spanMs * FURTHER_AT_MOST)) ?? {
      measuredMs: longest,
      repeat: least,
    }
  );
}

/** `points` values up to `to`, for each metric. Measurements stand at round times, so a value keeps its place. */
export function readHistories(
  windows: Pick<MonitorView, 'series'>,
  metrics: readonly string[],
  {from: begin, to, isPast = false}: Pick<ChartTime, 'from' | 'to' | 'isPast'>,
  points: number,
): Histories {
  const {measuredMs, repeat} = stepsFor(to - begin, points);
  const count = Math.ceil(points / repeat);
  const until = measuredMs < TELLING_MS && !isPast ? to - LATE_MS : to;
  const end = Math.ceil(until / measuredMs) * measuredMs;
  const stepMs = measuredMs / repeat;
  const sinceBegun = until - (end - measuredMs);
  const isTelling = isPast || sinceBegun >= Math.min(measuredMs, Math.max(TELLING_MS, measuredMs / 2));
  const side = (name: 'prod' | 'gray', metric: string): (number | null)[] => {
    const values = windows.series(name, metric, {from: end - count * measuredMs, to: until}, measuredMs);
    const told = isTelling ? values : [...values.slice(0, -1), null];
    return Array.from({length: points}, (_, index) => {
      const fromEnd = Math.floor((points - 1 - index) / repeat);
      return told[told.length - 1 - fromEnd] ?? null;
    });
  };
  const place = {from: end - points * stepMs, stepMs, measuredMs};
  return new Map(
    metrics.map(metric => [metric, {prod: side('prod', metric), gray: side('gray', metric), ...place}]),
  );
}
