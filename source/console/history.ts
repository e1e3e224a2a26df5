import type {Side, WindowView} from '../analysis/numbers.ts';

/** One metric over time on both sides, oldest first; null where nothing is known. The last value may still grow. */
export interface History {
  prod: readonly (number | null)[];
  gray: readonly (number | null)[];
  /** Start of the first value, milliseconds since 1970. */
  from: number;
  stepMs: number;
}
export type Histories = ReadonlyMap<string, History>;

export interface HistoryKeeper {
  /** `points` values of `stepMs` up to `at` for each metric. */
  read(metrics: readonly string[], at: number, points: number, stepMs: number): Histories;
}

/** Samples that come late still reach a finished step; it is read once more after this. */
const SETTLED_MS = 3000;

interface Kept {
  history: History;
  readAt: number;
}

/**
 * Keeps what has been read: finished steps change no more, so each second only the running step of each metric is
 * asked for. Sparklines then move once a step and not once a second, which also keeps the screen calm.
 */
export function keepHistory(windows: WindowView): HistoryKeeper {
  let kept = new Map<string, Kept>();
  let shape = '';

  function finished(metric: string, at: number, points: number, stepMs: number): History {
    const to = Math.floor(at / stepMs) * stepMs;
    const from = to - (points - 1) * stepMs;
    const before = kept.get(metric);
    const isFresh =
      before?.history.from === from && (before.readAt >= to + SETTLED_MS || at < to + SETTLED_MS);
    if (isFresh) return before.history;
    const span = {from, to};
    const history = {
      prod: windows.series('prod', metric, span, stepMs),
      gray: windows.series('gray', metric, span, stepMs),
      from,
      stepMs,
    };
    kept.set(metric, {history, readAt: at});
    return history;
  }

  function running(side: Side, metric: string, from: number, at: number): number | null {
    // One second of a step says too little to be drawn.
    if (at - from < 2000) return null;
    return windows.series(side, metric, {from, to: at}, at - from)[0] ?? null;
  }

  return {
    read(metrics, at, points, stepMs) {
      const wanted = `${points} ${stepMs}`;
      if (wanted !== shape) kept = new Map();
      shape = wanted;
      const from = Math.floor(at / stepMs) * stepMs;
      return new Map(
        metrics.map(metric => {
          const done = finished(metric, at, points, stepMs);
          const prod = running('prod', metric, from, at);
          const gray = running('gray', metric, from, at);
          if (prod === null && gray === null) return [metric, done];
          return [metric, {...done, prod: [...done.prod, prod], gray: [...done.gray, gray]}];
        }),
      );
    },
  };
}

const STEPS_MS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800].map(seconds => seconds * 1000);

/** The shortest round step with which `points` values reach back at least `spanMs`. */
export function stepFor(spanMs: number, points: number): number {
  return STEPS_MS.find(step => step * points >= spanMs) ?? 3_600_000;
}
