import type {Side, Span} from '../numbers.ts';
import type {GivenFeedback} from './feedback.ts';
import {sideOfFeedback, type FeedbackMetric, type FeedbackTarget} from './sides.ts';

/** More steps than this are not drawn by anybody. */
const MOST_STEPS = 4096;

/**
 * A metric of one side over time, one value a step, oldest first, as `WindowView.series` has them: of bug reports how
 * many came in the step, of ratings the mean of all since the release began.
 * @param given oldest first
 */
export function feedbackSeries(
  given: readonly Pick<GivenFeedback, 'type' | 'rating' | 'version' | 'phase' | 'at'>[],
  metric: FeedbackMetric,
  target: FeedbackTarget,
  side: Side,
  span: Span,
  stepMs: number,
): (number | null)[] {
  if (!(stepMs > 0) || !(span.to > span.from)) return [];
  const count = Math.min(MOST_STEPS, Math.ceil((span.to - span.from) / stepMs));
  const end = Math.ceil(span.to / stepMs);
  const ours = given.filter(
    one => one.at >= target.startedAt && sideOfFeedback(one, target) === side && isOf(one, metric),
  );
  const values: (number | null)[] = [];
  let next = 0;
  let [rated, points] = [0, 0];
  for (let step = end - count; step < end; step++) {
    const [from, to] = [step * stepMs, Math.min((step + 1) * stepMs, span.to)];
    let inStep = 0;
    for (let one = ours[next]; one !== undefined && one.at < to; one = ours[++next]) {
      if (one.at >= from) inStep++;
      rated++;
      points += one.rating ?? 0;
    }
    // Before the release there is no feedback about it.
    const isBefore = to <= target.startedAt;
    if (metric === 'bug_reports') values.push(isBefore ? null : inStep);
    else values.push(rated === 0 ? null : points / rated);
  }
  return values;
}

function isOf({type, rating}: Pick<GivenFeedback, 'type' | 'rating'>, metric: FeedbackMetric): boolean {
  return metric === 'bug_reports' ? type === 'bug' : rating !== null;
}
