import {feedbackSeries} from '../analysis/feedback/series.ts';
import {FEEDBACK_METRICS, type FeedbackMetric} from '../analysis/feedback/sides.ts';
import type {ExternalReading} from '../analysis/judge/read-metric.ts';
import type {Side, Span} from '../analysis/numbers.ts';
import type {FeedbackFollower} from './feedback.ts';
import type {NumberState} from './prometheus/fault.ts';
import type {MetricSnapshot} from './prometheus/snapshot.ts';

/** How far the numbers on a screen look back, milliseconds. People take longer to speak than machines. */
const SHOWN_MS: Readonly<Record<FeedbackMetric, number>> = {
  user_satisfaction: 48 * 3_600_000,
  bug_reports: 3_600_000,
};
const BETTER = {user_satisfaction: 'higher', bug_reports: 'lower'} as const;

/** People's feedback as the screen reads any number that no sample speaks of. */
export interface FeedbackRows {
  /** Both metrics, once there is feedback or the plan names them. */
  snapshot(): MetricSnapshot[];
  has(name: string): boolean;
  value(name: string, side: Side): number | null;
  newest(name: string, side: Side, span: Span): number | null;
  series(name: string, side: Side, span: Span, stepMs: number): (number | null)[];
}

export interface FeedbackRowsOptions {
  /** Whether the plan of the running release speaks of a metric. */
  isPlanned(name: string): boolean;
  /** Whether another source measures a metric of this name. */
  isElsewhere(name: string): boolean;
}

export function feedbackRows(
  follower: Pick<FeedbackFollower, 'read' | 'given' | 'target'>,
  {isPlanned, isElsewhere}: FeedbackRowsOptions,
): FeedbackRows {
  const isShown = (name: FeedbackMetric) =>
    !isElsewhere(name) && (follower.given.length > 0 || isPlanned(name));
  const valueOf = (name: string, side: Side): number | null => {
    const known = metricOf(name);
    const reading = known === null || !isShown(known) ? null : follower.read(known, SHOWN_MS[known]);
    return reading?.state === 'ok' || reading?.state === 'no-data' ? reading[side] : null;
  };
  return {
    snapshot: () =>
      FEEDBACK_METRICS.filter(isShown).flatMap(name => {
        const reading = follower.read(name, SHOWN_MS[name]);
        return reading === null ? [] : [snapshotOf(name, reading)];
      }),
    has(name) {
      const known = metricOf(name);
      return known !== null && isShown(known);
    },
    value: valueOf,
    // Feedback is of now: of an earlier moment only the series tells.
    newest: valueOf,
    series(name, side, span, stepMs) {
      const known = metricOf(name);
      const {target} = follower;
      if (known === null || target === null) return [];
      return feedbackSeries(follower.given, known, target, side, span, stepMs);
    },
  };
}

function metricOf(name: string): FeedbackMetric | null {
  return FEEDBACK_METRICS.find(one => one === name) ?? null;
}

function snapshotOf(name: FeedbackMetric, {prod, gray, ageMs, state}: ExternalReading): MetricSnapshot {
  const whole: NumberState =
    state === 'ok' || state === 'no-data' ? 'ok' : state === 'stale' ? 'lagging' : 'unreachable';
  const side = (value: number | null) => ({
    value: whole === 'ok' ? value : null,
    state: whole === 'ok' && value === null ? ('empty' as const) : whole,
    ageMs,
    why: whole === 'ok' ? null : 'the store does not answer',
  });
  const sides = {prod: side(prod), gray: side(gray)};
  return {
    name,
    source: 'feedback',
    unit: 'count',
    better: BETTER[name],
    isWanted: true,
    prod: sides.prod.value,
    gray: sides.gray.value,
    ageSeconds: ageMs === null ? null : ageMs / 1000,
    state: sides.gray.state,
    why: sides.gray.why,
    sides,
    warnings: [],
  };
}
