import type {ControllerView} from '../../controller/outcome.ts';
import {FeedbackFollower, type FeedbackRelease} from '../../metrics/feedback.ts';
import type {State} from '../../release/state.ts';
import type {FeatureView} from '../../store/port.ts';

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
