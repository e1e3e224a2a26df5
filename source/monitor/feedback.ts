import {type GivenFeedback, readFeedback} from '../analysis/feedback/feedback.ts';
import type {ControllerView} from '../controller/outcome.ts';
import {type FeedbackRows, feedbackRows} from '../metrics/feedback-rows.ts';
import {FeedbackFollower, type FeedbackRelease} from '../metrics/feedback.ts';
import type {PrometheusPoller} from '../metrics/prometheus/poller.ts';
import type {State} from '../release/state.ts';
import {FEEDBACK_BATCH, type FeatureView, type FeedbackEntry, type FeedbackReader} from '../store/port.ts';
import {plannedMetrics} from './prometheus.ts';

/** All feedback of a feature since a moment (store's clock), oldest first, and how many entries were none. @throws StoreFault */
export async function readAllFeedback(
  feedback: FeedbackReader,
  sinceMs = 0,
): Promise<{given: GivenFeedback[]; junk: number}> {
  const entries: FeedbackEntry[] = [];
  for (;;) {
    const batch = await feedback.read(sinceMs, entries.at(-1)?.id);
    entries.push(...batch);
    if (batch.length < FEEDBACK_BATCH) return readFeedback(entries);
  }
}

/** People's feedback on a feature's running release, as numbers. It does not look before `start`. */
export function openFeedback(
  {feedback}: Pick<FeatureView, 'feedback'>,
  view: ControllerView,
): FeedbackFollower {
  return new FeedbackFollower({
    source: feedback,
    target: () => targetOf(view.snapshot().state),
    now: () => view.now(),
  });
}

/** The same as a source of numbers; a metric that Prometheus is asked for by the same name is left to it. */
export function feedbackShownIn(
  feedback: FeedbackFollower,
  view: Pick<ControllerView, 'snapshot'>,
  prometheus: Pick<PrometheusPoller, 'has'> | null,
): FeedbackRows {
  return feedbackRows(feedback, {
    isPlanned: name => plannedMetrics(view.snapshot().state).has(name),
    isElsewhere: name => prometheus?.has(name) ?? false,
  });
}

/** The release that feedback is weighed for. */
function targetOf({release, prodVersion}: State): FeedbackRelease | null {
  if (release === null) return null;
  const {id, version, over, plan, startedAt} = release;
  return {
    id,
    version,
    prodVersion: over ?? prodVersion,
    phases: plan.phases.map(({name}) => name),
    startedAt,
  };
}
