import type {MonitorView} from '../monitor/monitor.ts';

/** One metric over time on both sides, oldest first; null where nothing is known. The last value may still grow. */
export interface History {
  prod: readonly (number | null)[];
  gray: readonly (number | null)[];
  /** Start of the first value, milliseconds since 1970. */
  from: number;
  stepMs: number;
}
export type Histories = ReadonlyMap<string, History>;

/** A step that began less than this ago holds so little that chance alone would draw peaks. */
const TELLING_MS = 3000;

/** `points` values of `stepMs` up to `at`, for each metric. Steps stand at round times, so a value keeps its place. */
export function readHistories(
  windows: Pick<MonitorView, 'series'>,
  metrics: readonly string[],
  at: number,
  points: number,
  stepMs: number,
): Histories {
  const end = Math.ceil(at / stepMs) * stepMs;
  const from = end - points * stepMs;
  const isTelling = at - (end - stepMs) >= Math.min(stepMs, Math.max(TELLING_MS, stepMs / 2));
  const side = (name: 'prod' | 'gray', metric: string): (number | null)[] => {
    const values = windows.series(name, metric, {from, to: at}, stepMs);
    return isTelling ? values : [...values.slice(0, -1), null];
  };
  return new Map(
    metrics.map(metric => [metric, {prod: side('prod', metric), gray: side('gray', metric), from, stepMs}]),
  );
}

const STEPS_MS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800].map(seconds => seconds * 1000);

/** The shortest round step with which `points` values reach back at least `spanMs`. */
export function stepFor(spanMs: number, points: number): number {
  return STEPS_MS.find(step => step * points >= spanMs) ?? 3_600_000;
}
